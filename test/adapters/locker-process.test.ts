import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { endLocker, lockerProcesses } from '../../src/adapters/locker-process.ts'
import { isAlive } from '../../src/adapters/proc.ts'
import { parseStat, type ProcessIdentity } from '../../src/core/process.ts'
import type { Locker } from '../../src/core/world.ts'
import { startChild } from '../support/child.ts'
import { until } from '../support/until.ts'

const staying = 'setInterval(() => {}, 1000)'
const deaf = `process.on('SIGTERM', () => console.error('no')); console.error('deaf'); ${staying}`

describe('a locker that is started', () => {
  test('is told its run and the settings, and has a file for what Node.js says, for it keeps nothing of ours', async () => {
    await withLocker(
      'console.error(process.argv.slice(2), process.cwd()); console.error("x")',
      async ({ locker, output }) => {
        await ended(locker)
        assert.equal(readFileSync(output, 'utf8'), "[ '--run', 'run-1', '--lock-wait=1s' ] /\nx\n")
      },
    )
  })

  test('holds no descriptor of ours but the leash', async () => {
    await withLocker(`console.error('on'); ${staying}`, async ({ locker, output }) => {
      await until('it runs', () => readFileSync(output, 'utf8') !== '')
      assert.equal(readlinkSync(`/proc/${locker.pid}/fd/1`), '/dev/null')
      assert.equal(readlinkSync(`/proc/${locker.pid}/fd/2`), output)
      assert.match(readlinkSync(`/proc/${locker.pid}/fd/0`), /^socket:/)
    })
  })

  test('is in a session of its own, out of reach of a signal to ours', async () => {
    await withLocker(staying, async ({ locker }) => {
      const fields = statOf(locker.pid).split(') ')[1]?.split(' ') ?? []
      assert.equal(Number(fields[3]), locker.pid)
    })
  })

  for (const [script, how] of [
    ['process.exit(20)', 'ended with exit code 20'],
    ['process.kill(process.pid, "SIGSEGV"); setInterval(() => {}, 9)', 'died of SIGSEGV'],
    ['throw new Error("no")', 'ended with exit code 1'],
  ] as const)
    test(`says how it ended: ${how}`, async () => {
      await withLocker(script, async ({ locker }) => {
        assert.equal(await ended(locker), how)
        assert.equal(await locker.end(), true)
      })
    })

  test('says that it could not be started', async () => {
    await withDir(
      async ({ path }) => {
        const locker = lockerProcesses({ file: 'x', args: ['\0'], output: join(path, 'log') })
        assert.throws(() => locker.start('run-1'), /null bytes/)
      },
      { unsafeCleanup: true },
    )
  })

  test('cannot be started where its output cannot be written', () => {
    const lockers = lockerProcesses({ file: 'x', args: [], output: '/nonexistent/log' })
    assert.throws(() => lockers.start('run-1'), { code: 'ENOENT' })
  })
})

describe('a locker that is to end', () => {
  test('ends by itself after TERM', async () => {
    await withLocker(staying, async ({ locker }) => {
      assert.equal(await locker.end(), true)
      assert.equal(locker.exited.reason, 'died of SIGTERM')
    })
  })

  test('is killed where it does not listen', async () => {
    await withLocker(deaf, async ({ locker, output }) => {
      await until('it is deaf', () => readFileSync(output, 'utf8') === 'deaf\n')
      assert.equal(await locker.end(), true)
      assert.equal(locker.exited.reason, 'died of SIGKILL')
      assert.equal(readFileSync(output, 'utf8'), 'deaf\nno\n')
    })
  })

  test('is killed where it is stopped', async () => {
    await withLocker(deaf, async ({ locker, output }) => {
      await until('it is deaf', () => readFileSync(output, 'utf8') === 'deaf\n')
      process.kill(locker.pid, 'SIGSTOP')
      assert.equal(await locker.end(), true)
      assert.equal(locker.exited.reason, 'died of SIGKILL')
    })
  })

  test('is ended also by who did not start it', async () => {
    await using child = startChild('sh', ['-c', "trap '' TERM; echo deaf; while :; do sleep 0.05; done"])
    await child.said()
    const identity = identityOf(child.pid)
    assert.equal(await endLocker(identity), true)
    assert.deepEqual(await child.end, [null, 'SIGKILL'])
  })

  test('is left alone where its pid is somebody else’s by now', async () => {
    await using child = startChild('sleep', ['1000'])
    const { pid, startTime } = identityOf(child.pid)
    assert.equal(await endLocker({ pid, startTime: startTime - 1 }), true)
    assert.equal(isAlive({ pid, startTime }), true)
  })
})

describe('a locker that is handed over', () => {
  test('hears it, though who started it leaves at once, and stays', async () => {
    await withDir(
      async ({ path }) => {
        const output = join(path, 'log')
        const file = scriptIn(
          path,
          `process.stdin.on('data', (said) => console.error(String(said).trim())).on('end', () => console.error('end')); ${staying}`,
        )
        const starter = scriptIn(
          path,
          `import { lockerProcesses } from '${join(import.meta.dirname, '../../src/adapters/locker-process.ts')}'
           const locker = lockerProcesses(${JSON.stringify({ file, args: [], output })}).start('run-1')
           locker.handOver()
           console.log(locker.pid)
           process.exit(0)`,
          'starter.mts',
        )
        await using child = startChild(process.execPath, ['--import', 'tsx', starter], {
          stdio: ['ignore', 'pipe', 'inherit'],
        })
        const pid = Number(await child.said())
        await child.end
        const identity = identityOf(pid)
        await until('it has heard', () => readFileSync(output, 'utf8').includes('end'))
        assert.equal(readFileSync(output, 'utf8'), 'handed over\nend\n')
        assert.equal(isAlive(identity), true)
        assert.equal(await endLocker(identity), true)
      },
      { unsafeCleanup: true },
    )
  })
})

async function withLocker(
  script: string,
  play: (started: { readonly locker: Locker; readonly output: string }) => Promise<void>,
): Promise<void> {
  await withDir(
    async ({ path }) => {
      const output = join(path, 'log')
      const program = { file: scriptIn(path, script), args: ['--lock-wait=1s'], output }
      const locker = lockerProcesses(program).start('run-1')
      try {
        await play({ locker, output })
      } finally {
        if (!locker.exited.aborted) process.kill(locker.pid, 'SIGKILL')
        await ended(locker)
      }
    },
    { unsafeCleanup: true },
  )
}

function scriptIn(directory: string, script: string, name = 'locktables.cjs'): string {
  const file = join(directory, name)
  writeFileSync(file, script)
  return file
}

async function ended({ exited }: Locker): Promise<unknown> {
  if (!exited.aborted) await once(exited, 'abort')
  return exited.reason
}

function identityOf(pid: number): ProcessIdentity {
  return { pid, startTime: parseStat(statOf(pid))?.startTime ?? Number.NaN }
}

function statOf(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8')
}
