// Sets the clock of every script (Date; not the monotonic one) by as many milliseconds as QUIESCE_TEST_CLOCK_FILE says, while it exists.
const { existsSync, readFileSync } = require('node:fs')

const RealDate = Date
const file = process.env.QUIESCE_TEST_CLOCK_FILE
const now = () => RealDate.now() + (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0)

globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(now())
    else super(...args)
  }
  static now() {
    return now()
  }
}
