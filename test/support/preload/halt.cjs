// Halts the script that QUIESCE_TEST_HALT_IN names at the points of its story that this file knows, each while the
// file of its name (QUIESCE_TEST_HALT_FILE with the point behind it) exists; a file .reached says that it is there.
const fs = require('node:fs')
const net = require('node:net')
const { basename } = require('node:path')

const file = (point) => `${process.env.QUIESCE_TEST_HALT_FILE}-${point}`
const isWanted = (point) => fs.existsSync(file(point))
const reach = (point) => fs.appendFileSync(`${file(point)}.reached`, '')

/** Everything else goes on meanwhile. */
async function halt(point) {
  reach(point)
  while (isWanted(point)) await aMoment()
}

const aMoment = () => new Promise((resolve) => setTimeout(resolve, 2))

/** Nothing else goes on meanwhile: no signal, no file and no server is heard. */
function haltAll(point) {
  if (!isWanted(point)) return
  reach(point)
  const still = new Int32Array(new SharedArrayBuffer(4))
  while (isWanted(point)) Atomics.wait(still, 0, 0, 2)
}

/** Whether every question to the server has its answer, and none has been asked for a while. */
const asking = new Set()
let lastAsked = 0
const allIsAnswered = () => asking.size === 0 && performance.now() - lastAsked > 50

if (basename(process.argv[1] ?? '') === process.env.QUIESCE_TEST_HALT_IN) {
  haltAll('begin')
  hearAnswers()
  haltWrites()
  haltRecord()
}

function hearAnswers() {
  const { emit } = net.Socket.prototype
  net.Socket.prototype.emit = function (...args) {
    if (args[0] === 'data' || args[0] === 'close') asking.delete(this)
    return Reflect.apply(emit, this, args)
  }
}

function haltWrites() {
  const { write } = net.Socket.prototype
  let flushes = 0
  net.Socket.prototype.write = function (...args) {
    const said = Buffer.from(args[0] ?? '').toString('latin1')
    asking.add(this)
    lastAsked = performance.now()
    if (said.includes('handed over')) haltAll('hand over')
    if (said.includes('UNLOCK TABLES')) haltAll('unlock')
    // The first one is the rehearsal, before the lock.
    if (said.includes('FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS') && ++flushes === 2 && isWanted('flush')) {
      void halt('flush').then(() => Reflect.apply(write, this, args))
      return true
    }
    return Reflect.apply(write, this, args)
  }
}

/** Under the lock, where the record gets its name. */
function haltRecord() {
  const { rename } = fs.promises
  fs.promises.rename = async (from, to) => {
    if (String(from).endsWith('coordinates.json.new') && isWanted('record')) {
      while (!allIsAnswered()) await aMoment()
      await halt('record')
    }
    return await rename(from, to)
  }
}
