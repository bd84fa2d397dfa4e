import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { withDir } from 'tmp-promise'
import { handshakeIn } from '../../src/adapters/handshake.ts'
import { self } from '../../src/adapters/proc.ts'
import { parseStat, type ProcessIdentity } from '../../src/core/process.ts'
import { formatTicket } from '../../src/core/ticket.ts'
import type { Handshake } from '../../src/core/world.ts'
import { aHold, letGo } from '../support/fake/holds.ts'
import { processes } from '../support/fake/process.ts'
import { hardTimesAreMissing, inHardTimes } from '../support/hard-times.ts'
import { schedule } from '../support/fake/schedule.ts'
import { fakeStateDir, type StateFile } from '../support/fake/state-dir.ts'
import { bringToAStand } from '../support/processes.ts'
import { until } from '../support/until.ts'

const dead: ProcessIdentity = { pid: 4_194_303, startTime: 1 }
const ticket = { run: 'run-1', asker: self() }

describe('to ask', () => {
  test('is to make both lock files, with the run and who asks, for nobody else to read', async () => {
    await inStateDir((handshake, directory) => {
      handshake.ask(ticket)
      for (const file of ['waitforlock', 'waitforsnapshot']) {
        assert.equal(readFileSync(join(directory, file), 'utf8'), formatTicket(ticket))
        assert.equal(statSync(join(directory, file)).mode & 0o777, 0o600)
      }
      assert.deepEqual(handshake.sight().ticket, ticket)
    })
  })

  for (const [file, other] of [
    ['waitforlock', 'waitforsnapshot'],
    ['waitforsnapshot', 'waitforlock'],
  ] as const)
    test(`is refused where ${file} is there, whatever it is, and then nothing is left`, async () => {
      for (const make of [
        (path: string) => writeFileSync(path, ''),
        (path: string) => symlinkSync('/nonexistent', path),
        (path: string) => mkdirSync(path),
      ])
        await inStateDir((handshake, directory) => {
          make(join(directory, file))
          assert.throws(() => handshake.ask(ticket), {
            code: 'busy',
            message: / was made by another freeze just now$/,
          })
          assert.equal(existsSync(join(directory, other)), false)
        })
    })

  test('is refused to all but one of those that ask at once', async () => {
    await withDir(
      async ({ path }) => {
        const askers = ['a', 'b', 'c'].map((run) => startParty('ask', path, run))
        await Promise.all(askers.map((asker) => heard(asker)))
        for (const asker of askers) asker.stdin?.end('go')
        const answers = await Promise.all(askers.map((asker) => heard(asker)))
        assert.deepEqual(answers.toSorted(), ['asked', 'busy', 'busy'])
        assert.equal(handshakeIn(path).sight().ticket?.run, ['a', 'b', 'c'][answers.indexOf('asked')])
      },
      { unsafeCleanup: true },
    )
  })

  test('fails where the directory cannot be written, and says what was seen', async () => {
    const handshake = handshakeIn('/nonexistent/state')
    assert.throws(() => handshake.ask(ticket), {
      code: 'state-dir-unusable',
      message: '/nonexistent/state/waitforlock cannot be made: no such file or directory (ENOENT)',
    })
  })
})

describe('what is asked', () => {
  test('is the text of waitforsnapshot, and null where it is not there', async () => {
    await inStateDir((handshake, directory) => {
      assert.equal(handshake.asked(), null)
      writeFileSync(join(directory, 'waitforsnapshot'), 'x\n')
      assert.equal(handshake.asked(), 'x\n')
    })
  })

  test('cannot be told where it is no file', async () => {
    await inStateDir((handshake, directory) => {
      mkdirSync(join(directory, 'waitforsnapshot'))
      for (const look of [() => handshake.asked(), () => handshake.sight(), () => handshake.letGo()])
        assert.throws(look, { code: 'state-dir-unusable' })
    })
  })
})

describe('hold.json', () => {
  test('is read back as it was published, and its draft is not left', async () => {
    await inStateDir((handshake, directory) => {
      const hold = { ...aHold, locker: self() }
      handshake.publish(hold)
      assert.deepEqual(handshake.sight().hold, hold)
      assert.deepEqual(readdirSync(directory), ['hold.json'])
      assert.equal(statSync(join(directory, 'hold.json')).mode & 0o777, 0o600)
    })
  })

  test('is whole whenever it is read, though it is written all the time', async () => {
    await withDir(
      async ({ path }) => {
        const handshake = handshakeIn(path)
        handshake.publish(aHold)
        const publisher = startParty('publish', path, 'a')
        await heard(publisher)
        publisher.stdin?.end('go')
        const seen = new Set<string>()
        while (publisher.exitCode === null && publisher.signalCode === null) {
          const { hold } = handshake.sight()
          assert.ok(hold !== null && hold !== 'unreadable')
          seen.add(hold.doing.slice(0, 1))
          await new Promise((resolve) => setImmediate(resolve))
        }
        assert.ok(seen.size > 1)
      },
      { unsafeCleanup: true },
    )
  })

  test('that holds no hold is unreadable', async () => {
    for (const text of ['', '{"run":', '{}'])
      await inStateDir((handshake, directory) => {
        writeFileSync(join(directory, 'hold.json'), text)
        assert.equal(handshake.sight().hold, 'unreadable')
      })
  })
})

describe('hold.json is restored', () => {
  for (const [how, lose] of [
    ['is gone', (file: string) => rmSync(file)],
    ['is empty', (file: string) => writeFileSync(file, '')],
    ['says something else', (file: string) => writeFileSync(file, '{}')],
  ] as const)
    test(`where it ${how}`, async () => {
      await inStateDir((handshake, directory) => {
        handshake.publish(aHold)
        lose(join(directory, 'hold.json'))
        assert.deepEqual([handshake.restore(aHold), handshake.restore(aHold)], [true, false])
        assert.deepEqual(handshake.sight().hold, aHold)
      })
    })

  test('and nothing is done where it is as it was', async () => {
    await inStateDir((handshake, directory) => {
      handshake.publish(aHold)
      const { ino } = statSync(join(directory, 'hold.json'))
      assert.equal(handshake.restore(aHold), false)
      assert.equal(statSync(join(directory, 'hold.json')).ino, ino)
    })
  })
})

describe('a locker that attends', () => {
  test('is found by the others without any file, and no longer once it leaves', async () => {
    await withDir(
      async ({ path }) => {
        const party = startParty('attend', path, 'locktables')
        await heard(party)
        const found = handshakeIn(path).attendant()
        const { startTime } = parseStat(readFileSync(`/proc/${party.pid}/stat`, 'utf8'))!
        assert.deepEqual([found?.locker, found?.run], [{ pid: party.pid, startTime }, null])
        assert.ok(Math.abs(Date.parse(found?.since ?? '') - Date.now()) < 600_000)
        party.stdin?.write('go')
        assert.equal(await heard(party), 'left')
        assert.equal(handshakeIn(path).attendant(), null)
        party.stdin?.end('go')
        await once(party, 'exit')
      },
      { unsafeCleanup: true },
    )
  })

  test('is found when it stands still, and with its run, where its command line has one', async () => {
    await withDir(
      async ({ path }) => {
        const party = spawn('/bin/sh', ['-c', 'read -r _', 'locktables', '--run', 'run-7'], { cwd: path })
        await until('it is there', () => handshakeIn(path).attendant())
        await bringToAStand(party.pid!)
        assert.equal(handshakeIn(path).attendant()?.run, 'run-7')
        party.kill('SIGKILL')
        await once(party, 'exit')
      },
      { unsafeCleanup: true },
    )
  })

  test('is no shell of an operator in that directory', async () => {
    await withDir(
      async ({ path }) => {
        const shell = spawn('/bin/sh', ['-c', 'echo here; read -r _'], { cwd: path })
        await heard(shell)
        assert.equal(handshakeIn(path).attendant(), null)
        shell.stdin.end()
        await once(shell, 'exit')
      },
      { unsafeCleanup: true },
    )
  })

  test('cannot attend where there is no state directory, and none is found there', () => {
    const handshake = handshakeIn('/nonexistent/state')
    assert.throws(() => handshake.attend(), { code: 'state-dir-unusable' })
    assert.equal(handshake.attendant(), null)
  })
})

describe('a freeze that was refused', () => {
  const refusal = { invoker: 'vmtoolsd', at: '2026-01-02T03:04:05.000Z', run: 'run-1', why: 'it is frozen' }

  test('is remembered of its invoker alone, for nobody else to read, until that is admitted', async () => {
    await inStateDir((handshake, directory) => {
      assert.equal(handshake.refusal('vmtoolsd'), null)
      handshake.refuse(refusal)
      handshake.refuse({ ...refusal, run: 'run-2' })
      assert.deepEqual(handshake.refusal('vmtoolsd'), { ...refusal, run: 'run-2' })
      assert.equal(handshake.refusal('qemu-ga'), null)
      assert.equal(statSync(join(directory, 'refused-vmtoolsd')).mode & 0o777, 0o600)
      handshake.admit('vmtoolsd')
      handshake.admit('vmtoolsd')
      assert.deepEqual([handshake.refusal('vmtoolsd'), readdirSync(directory)], [null, []])
    })
  })
})

describe('a full state directory', { skip: hardTimesAreMissing() }, () => {
  test('takes no question, and keeps no half of one', async () => {
    await withDir(
      async ({ path }) => {
        const said = 'state-dir-unusable: /waitforlock cannot be written: no space left on device (ENOSPC)'
        assert.deepEqual(inHardTimes('a tiny disk', 'ask on a full disk', path), [said, []])
      },
      { unsafeCleanup: true },
    )
  })

  test('keeps the hold that was published before', async () => {
    await withDir(
      async ({ path }) => {
        const said = 'state-dir-unusable: /hold.json cannot be written: no space left on device (ENOSPC)'
        assert.deepEqual(inHardTimes('a tiny disk', 'publish on a full disk', path), [
          said,
          aHold,
          ['hold.json'],
        ])
      },
      { unsafeCleanup: true },
    )
  })
})

describe('the state directory', () => {
  test('shows at one glance what the model of the fake guest shows, in whatever order things were done', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyDeed, { maxLength: 12 }), async (deeds) => {
        await withDir(
          async ({ path }) => {
            const real = {
              alive: self(),
              dead,
              handshake: handshakeIn(path),
              put: put.bind(undefined, path),
              take: take.bind(undefined, path),
            }
            const model = aModel()
            for (const deed of deeds) {
              const results = [real, model].map((scene) => outcomeOf(() => deed(scene)))
              assert.deepEqual(results[0], results[1], String(deed))
              assert.deepEqual(named(real), named(model), String(deed))
            }
          },
          { unsafeCleanup: true },
        )
      }),
      { numRuns: 300 },
    )
  })
})

describe('whoever watches', () => {
  test('is told of each change, so that it can look', async () => {
    await withDir(
      async ({ path }) => {
        const handshake = handshakeIn(path)
        for (const change of [
          () => handshake.ask(ticket),
          () => handshake.publish(aHold),
          () => handshake.answer(),
          () => handshake.letGo(),
          () => handshake.forget(handshake.sight()),
        ]) {
          const changed = new Promise<void>((resolve) => {
            const watching = handshake.watch(() => {
              watching[Symbol.dispose]()
              resolve()
            })
          })
          change()
          await changed
        }
      },
      { unsafeCleanup: true },
    )
  })
})

async function inStateDir(play: (handshake: Handshake, directory: string) => void): Promise<void> {
  await withDir(async ({ path }) => play(handshakeIn(path), path), { unsafeCleanup: true })
}

// --- the same deeds, done to the real directory and to the model

interface Scene {
  readonly alive: ProcessIdentity
  readonly dead: ProcessIdentity
  readonly handshake: Handshake
  readonly put: (file: StateFile, text: string) => void
  readonly take: (file: StateFile) => void
}

type Deed = (scene: Scene) => unknown

const deeds: Record<string, Deed> = {
  'ask, alive': ({ handshake, alive }) => handshake.ask({ run: 'a', asker: alive }),
  'ask, dead': ({ handshake, dead: asker }) => handshake.ask({ run: 'a', asker }),
  answer: ({ handshake }) => handshake.answer(),
  'let go': ({ handshake }) => handshake.letGo() === null,
  asked: ({ handshake }) => handshake.asked() === null,
  'forget what is there': ({ handshake }) => handshake.forget(handshake.sight()),
  'forget what is not': ({ handshake }) =>
    handshake.forget({ texts: { waitforlock: 'x', waitforsnapshot: null, 'hold.json': '{}' } }),
  'withdraw ours': ({ handshake, alive }) => handshake.withdraw(formatTicket({ run: 'a', asker: alive })),
  'withdraw another': ({ handshake }) => handshake.withdraw('x'),
  'publish, alive': ({ handshake, alive: locker }) => handshake.publish({ ...aHold, locker }),
  'publish, dead': ({ handshake, dead: locker }) => handshake.publish({ ...aHold, locker }),
  'publish the end': ({ handshake, alive: locker }) => handshake.publish({ ...aHold, locker, ended: letGo }),
  'touch waitforlock': ({ put: write }) => write('waitforlock', ''),
  'touch waitforsnapshot': ({ put: write }) => write('waitforsnapshot', ''),
  'restore, alive': ({ handshake, alive: locker }) => handshake.restore({ ...aHold, locker }),
  'garble hold.json': ({ put: write }) => write('hold.json', '{'),
  'remove waitforlock': ({ take: remove }) => remove('waitforlock'),
  'remove waitforsnapshot': ({ take: remove }) => remove('waitforsnapshot'),
  'remove hold.json': ({ take: remove }) => remove('hold.json'),
}

const anyDeed: fc.Arbitrary<Deed> = fc.constantFrom(...Object.keys(deeds)).map((name) => {
  const deed: Deed = (scene) => deeds[name]?.(scene)
  return Object.assign(deed, { toString: () => name })
})

function aModel(): Scene {
  const time = schedule()
  const people = processes(time)
  const stateDir = fakeStateDir(time, people)
  const living = people.start('locktables')
  return {
    alive: living.identity,
    dead,
    handshake: stateDir.handshake(living),
    put: (file, text) => stateDir.write(file, text),
    take: (file) => void stateDir.remove(file),
  }
}

/** What a deed returns, or the code of the failure that it throws. */
function outcomeOf(deed: () => unknown): unknown {
  try {
    return deed()
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error
  }
}

/** What is seen, with the living process by name: each scene has its own. */
function named({ handshake, alive }: Scene): unknown {
  const { texts: _, ...seen } = handshake.sight()
  return JSON.parse(JSON.stringify(seen).replaceAll(JSON.stringify(alive), '"alive"'))
}

function put(directory: string, file: StateFile, text: string): void {
  writeFileSync(join(directory, file), text)
}

function take(directory: string, file: StateFile): void {
  rmSync(join(directory, file), { force: true })
}

// --- parties in processes of their own

function startParty(what: 'ask' | 'publish' | 'attend', directory: string, run: string): ChildProcess {
  const script = join(import.meta.dirname, '../support/handshake-party.ts')
  return spawn(process.execPath, ['--import', 'tsx', script, what, directory, run], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
}

/** The next line that a party says. */
async function heard({ stdout }: ChildProcess): Promise<string> {
  assert.ok(stdout)
  const [line]: unknown[] = await once(stdout, 'data')
  return String(line).trim()
}
