// Node aborts in the script that QUIESCE_TEST_ABORT_IN names, as soon as QUIESCE_TEST_ABORT_FILE exists.
const { existsSync } = require('node:fs')
const { basename } = require('node:path')

if (basename(process.argv[1] ?? '') === process.env.QUIESCE_TEST_ABORT_IN) {
  setInterval(() => existsSync(process.env.QUIESCE_TEST_ABORT_FILE) && process.abort(), 5).unref()
}
