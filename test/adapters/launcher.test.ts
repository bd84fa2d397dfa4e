import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { type Child, startChild } from '../support/child.ts'

const importing = `import { stopSignal, tellLauncher, watchLauncher } from '${join(import.meta.dirname, '../../src/adapters/launcher.ts')}'`
const saying = (signal: string) => `${importing}
const signal = ${signal}
const say = () => { console.log(signal.reason?.code ?? '', signal.reason?.message ?? signal.reason); process.exit() }
if (signal.aborted) say()
signal.addEventListener('abort', say)
setTimeout(() => {}, 60_000)
console.log(process.pid)`

describe('the freeze is stopped', () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    test(`by ${signal}`, async () => {
      await withScript(saying('stopSignal()'), async (script) => {
        await using child = startNode(script)
        await child.said()
        child.process.kill(signal)
        assert.equal(await child.said(), `stopped by ${signal}`)
      })
    })

  test('when the launcher that waits for it dies', async () => {
    await withScript(saying('watchLauncher().gone'), async (script) => {
      await using launcher = startLauncher('MYSQL_QUIESCE_LAUNCHER=$$; export MYSQL_QUIESCE_LAUNCHER', script)
      await launcher.said()
      launcher.process.kill('SIGKILL')
      assert.equal(
        await launcher.said(),
        `launcher-died the process that waited for it (pid ${launcher.pid}) has died`,
      )
    })
  })

  test('when the parent that it began with dies, where there is no launcher', async () => {
    await withScript(saying('watchLauncher().gone'), async (script) => {
      await using parent = startLauncher(':', script)
      await parent.said()
      parent.process.kill('SIGKILL')
      assert.equal(
        await parent.said(),
        `launcher-died the process that waited for it (pid ${parent.pid}) has died`,
      )
    })
  })

  test('at once, where the launcher died before Node had begun', async () => {
    await withScript(saying('watchLauncher().gone'), async (script) => {
      await using child = startNode(script, { MYSQL_QUIESCE_LAUNCHER: '4194303' })
      assert.equal(await child.said(), 'launcher-died the process that waited for it (pid 4194303) has died')
    })
  })

  test('not while the launcher lives', async () => {
    const twoLooks = `${importing}
const { gone } = watchLauncher()
setTimeout(() => { console.log(gone.aborted); process.exit() }, 250)`
    await withScript(twoLooks, async (script) => {
      await using launcher = startLauncher('MYSQL_QUIESCE_LAUNCHER=$$; export MYSQL_QUIESCE_LAUNCHER', script)
      assert.equal(await launcher.said(), 'false')
    })
  })
})

describe('the launcher is told that the freeze is handed over', () => {
  const telling = `${importing}\ntellLauncher()`

  test('by USR1, where it says that it is one', async () => {
    await withScript(telling, async (script) => {
      await using launcher = startLauncher(
        "trap 'echo told' USR1; MYSQL_QUIESCE_LAUNCHER=$$; export MYSQL_QUIESCE_LAUNCHER",
        script,
      )
      assert.equal(await launcher.said(), 'told')
    })
  })

  for (const [what, others] of [
    ['there is none', ':'],
    ['it is another process', 'MYSQL_QUIESCE_LAUNCHER=1; export MYSQL_QUIESCE_LAUNCHER'],
  ] as const)
    test(`not where ${what}: another parent would die of it`, async () => {
      await withScript(telling, async (script) => {
        await using parent = startLauncher(`trap 'echo told' USR1; ${others}`, script, 'echo over')
        assert.equal(await parent.said(), 'over')
      })
    })
})

function startNode(script: string, env: NodeJS.ProcessEnv = {}): Child {
  return startChild(process.execPath, ['--import', 'tsx', script], { env: { ...process.env, ...env } })
}

/** A shell that prepares, runs Node, waits for it and concludes, as the launcher does. */
function startLauncher(prepare: string, script: string, conclude = ':'): Child {
  const command = `${prepare}; "$0" --import tsx "$1" & wait; wait; ${conclude}`
  return startChild('sh', ['-c', command, process.execPath, script], {
    env: { ...process.env, MYSQL_QUIESCE_LAUNCHER: '' },
  })
}

async function withScript(text: string, play: (script: string) => Promise<void>): Promise<void> {
  await withDir(
    async ({ path }) => {
      const script = join(path, 'script.mts')
      writeFileSync(script, text)
      await play(script)
    },
    { unsafeCleanup: true },
  )
}
