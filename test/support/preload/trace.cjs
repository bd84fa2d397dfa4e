// Writes into QUIESCE_TEST_TRACE_FILE, in order, what the script that QUIESCE_TEST_TRACE_IN names does to files and tells the server.
const fs = require('node:fs')
const net = require('node:net')
const { basename } = require('node:path')

if (basename(process.argv[1] ?? '') === process.env.QUIESCE_TEST_TRACE_IN) trace()

function trace() {
  const { openSync, readlinkSync, writeSync } = { ...fs }
  const out = openSync(process.env.QUIESCE_TEST_TRACE_FILE, 'a')
  const told = (what) => writeSync(out, `${what}\n`)
  const nameOf = (file) => (typeof file === 'number' ? readlinkSync(`/proc/self/fd/${file}`) : String(file))

  for (const name of [
    'unlinkSync',
    'rmSync',
    'renameSync',
    'writeSync',
    'write',
    'appendFileSync',
    'writeFileSync',
    'mkdirSync',
  ])
    before(fs, name, (file, to) => told(`${name} ${nameOf(file)}${name === 'renameSync' ? ` ${to}` : ''}`))
  for (const name of ['rename', 'rm', 'mkdir'])
    before(fs.promises, name, (file, to) => told(`${name} ${file} ${to}`))
  const { open } = fs.promises
  fs.promises.open = async (...args) => {
    const handle = await open(...args)
    for (const name of ['write', 'truncate', 'datasync', 'sync']) {
      const real = handle[name]
      handle[name] = async (...values) => {
        const result = await Reflect.apply(real, handle, values)
        told(`${name} ${args[0]}`)
        return result
      }
    }
    return handle
  }
  before(net.Socket.prototype, 'write', (packet) => {
    // The word for the program that stands ready to sync.
    if (packet === 'go\n') return told('told to sync')
    const statement = /[A-Z]{3,}[ -~]*/.exec(Buffer.from(packet).subarray(5).toString('latin1'))?.[0]
    if (statement) told(`statement ${statement}`)
  })
}

function before(target, name, tell) {
  const real = target[name]
  target[name] = function (...args) {
    tell(...args)
    return Reflect.apply(real, this, args)
  }
}
