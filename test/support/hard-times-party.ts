/** A process that does one thing on a machine that is worse than this one, and prints what came of it. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { handshakeIn } from '../../src/adapters/handshake.ts'
import { moveLines } from '../../src/adapters/move-lines.ts'
import { self } from '../../src/adapters/proc.ts'
import { recorderIn } from '../../src/adapters/recorder.ts'
import { watchDirectory } from '../../src/adapters/watch-directory.ts'
import { asFailure } from '../../src/core/failure.ts'
import { aRecord as record } from './a-record.ts'
import { aHold } from './fake/holds.ts'

const [, , deed = '', directory = ''] = process.argv
const ticket = { run: 'run-1', asker: self() }
const deeds: Record<string, () => unknown> = {
  'ask on a full disk': async () => {
    const handshake = handshakeIn(directory)
    fillDisk()
    return [await codeOf(() => handshake.ask(ticket)), files()]
  },
  'publish on a full disk': async () => {
    const handshake = handshakeIn(directory)
    handshake.publish(aHold)
    fillDisk({ leaving: 4096 })
    const code = await codeOf(() => handshake.publish({ ...aHold, doing: 'x'.repeat(20_000) }))
    return [code, handshake.sight().hold, files()]
  },
  'open a record on a full disk': async () => {
    fillDisk({ leaving: 0 })
    return [await codeOf(() => recorderIn(directory).open(1)), files()]
  },
  'open a record on a disk with room for one file of the two': async () => {
    fillDisk({ leaving: 4096 })
    return [await codeOf(() => recorderIn(directory).open(1)), files()]
  },
  'write a record on a disk that has become full': async () => {
    const recorder = recorderIn(directory)
    await using open = await recorder.open(1)
    fillDisk()
    const code = await codeOf(() => open.write(record))
    return [code, files(), JSON.parse(readFileSync(join(directory, 'coordinates.json'), 'utf8'))]
  },
  'write a longer record on a disk that has become full': async () => {
    const recorder = recorderIn(directory)
    {
      await using first = await recorder.open(1)
      await first.write(record)
    }
    const coordinates = { file: 'b', position: 4, gtid: 'x'.repeat(20_000) }
    const long = { ...record, servers: [{ ...record.servers[0]!, coordinates }] }
    let code: unknown
    {
      await using second = await recorder.open(1)
      fillDisk({ leaving: 4096 })
      code = await codeOf(() => second.write(long))
    }
    return [code, files(), JSON.parse(readFileSync(join(directory, 'coordinates.json'), 'utf8'))]
  },
  'move lines to a full disk': async () => {
    const [kept, to] = [join(directory, 'kept'), join(directory, 'log')]
    writeFileSync(kept, `{"msg":"${'x'.repeat(2000)}"}\n`)
    fillDisk()
    await moveLines({ kept, to, within: 60_000 })
    const { length } = readFileSync(kept, 'utf8')
    rmSync(join(directory, 'filler'))
    await moveLines({ kept, to, within: 60_000 })
    const lines = readFileSync(to, 'utf8').trimEnd().split('\n')
    return [length, lines.map((line) => Object(JSON.parse(line)).msg), files()]
  },
  'watch a directory': async () => {
    using _ticking = keepAlive()
    await new Promise<void>((resolve) => {
      const watching = watchDirectory(directory, () => {
        watching[Symbol.dispose]()
        resolve()
      })
      writeFileSync(join(directory, 'x'), '')
    })
    return 'looked'
  },
}

console.log(JSON.stringify(await deeds[deed]?.()))

/** Leaves so many bytes, as nearly as pages allow. */
function fillDisk({ leaving = 0 } = {}): void {
  const filler = join(directory, 'filler')
  let size = 0
  try {
    for (;;) {
      writeFileSync(filler, 'x'.repeat(4096), { flag: 'a' })
      size += 4096
    }
  } catch {
    writeFileSync(filler, 'x'.repeat(size - leaving))
  }
}

function files(): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name !== 'filler')
    .toSorted()
}

async function codeOf(work: () => unknown): Promise<string> {
  try {
    await work()
    return 'done'
  } catch (error) {
    return `${asFailure(error).code}: ${asFailure(error).message.replaceAll(directory, '')}`
  }
}

function keepAlive(): Disposable {
  const timer = setInterval(() => {}, 1000)
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
