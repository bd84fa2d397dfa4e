import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { endOf, type RunOptions, shells, start } from '../support/as-agent.ts'
import { type HookFolder, withHookFolder } from '../support/hook-folder.ts'
import { stateOf } from '../support/processes.ts'
import { until } from '../support/until.ts'

/** The hook in a folder of its own, with its log and its tmpfs there. */
interface Bench extends HookFolder {
  readonly log: string
  readonly kept: string
  readonly call: (action: string, options?: RunOptions) => ReturnType<HookFolder['run']>
}

async function withHook(shell: string, use: (bench: Bench) => Promise<void>): Promise<void> {
  await withHookFolder(async (folder) => {
    const hook = folder.template('platforms/qemu/fsfreeze-hook', 'fsfreeze-hook')
    const [log, runDir] = [join(folder.path, 'hook.log'), join(folder.path, 'run')]
    mkdirSync(runDir)
    const env = { FSFREEZE_HOOK_LOG: log, FSFREEZE_HOOK_RUN: runDir }
    await use({
      ...folder,
      log,
      kept: join(runDir, 'fsfreeze-hook.kept'),
      call: (action, options = {}) => folder.run(hook, [action], { shell, env, ...options }),
    })
    await until(
      'nobody moves lines into the log',
      () => !readdirSync(runDir).some((name) => /kept\.\d/.test(name)),
    )
  })
}

const inFolder = (name: string): string => `fsfreeze-hook.d/${name}`

for (const shell of shells) {
  describe(`the hook of the QEMU guest agent, run by ${shell}`, () => {
    test('runs the scripts in the order of their names at the freeze, and in reverse at the thaw', async () => {
      await withHook(shell, async ({ script, call, calls }) => {
        for (const name of ['b two', '10-a', 'zz-mysql-quiesce']) script(inFolder(name))
        const frozen = await call('freeze')
        const thawed = await call('thaw')
        assert.deepEqual([frozen.ended, frozen.stdout, thawed.ended, thawed.stdout], [0, '', 0, ''])
        const names = ['10-a', 'b two', 'zz-mysql-quiesce']
        assert.deepEqual(calls(), [
          ...names.map((name) => `${name} [freeze]`),
          ...names.toReversed().map((name) => `${name} [thaw]`),
        ])
      })
    })

    test('fails the freeze when a script fails, thaws those that had run, last first, and says why in one line', async () => {
      await withHook(shell, async ({ script, call, calls }) => {
        for (const name of ['1', '2', '4']) script(inFolder(name))
        script(inFolder('3'), 'echo "no"; echo "  lock" >&2; exit 24')
        const { ended, stdout, stderr } = await call('freeze')
        assert.deepEqual([ended, stderr], [24, ''])
        assert.equal(stdout, 'fsfreeze-hook: not frozen: 3 failed with exit code 24: no lock\n')
        assert.deepEqual(calls(), ['1 [freeze]', '2 [freeze]', '3 [freeze]', '2 [thaw]', '1 [thaw]'])
      })
    })

    test('fails the freeze when a script dies of a signal', async () => {
      await withHook(shell, async ({ script, call, calls }) => {
        script(inFolder('1'))
        script(inFolder('2'), 'kill -9 $$')
        assert.equal((await call('freeze')).ended, 137)
        assert.deepEqual(calls(), ['1 [freeze]', '2 [freeze]', '1 [thaw]'])
      })
    })

    test('thaws with every script whatever the others do, and fails as the first of them', async () => {
      await withHook(shell, async ({ script, call, calls }) => {
        script(inFolder('1'), 'exit 4')
        script(inFolder('2'), 'echo lost; exit 30')
        script(inFolder('3'))
        const { ended, stdout } = await call('thaw')
        assert.deepEqual([ended, calls()], [30, ['3 [thaw]', '2 [thaw]', '1 [thaw]']])
        assert.equal(stdout, 'fsfreeze-hook: 2 failed with exit code 30: lost; 1 failed with exit code 4\n')
      })
    })

    test('passes over what package managers and editors leave behind, and what cannot be run', async () => {
      await withHook(shell, async ({ path, script, call, calls }) => {
        const left = ['a~', 'a.bak', 'a.orig', 'a.rpmsave', 'a.rpmnew', 'a.sample', 'a.dpkg-old', 'README']
        for (const name of left) script(inFolder(name), 'exit 1')
        chmodSync(join(path, inFolder('README')), 0o644)
        mkdirSync(join(path, inFolder('folder')))
        assert.equal((await call('freeze')).ended, 0)
        assert.deepEqual(calls(), [])
      })
    })

    test('has nothing to do where there is no folder', async () => {
      await withHook(shell, async ({ call }) => {
        assert.deepEqual([(await call('freeze')).ended, (await call('thaw')).ended], [0, 0])
      })
    })

    test('takes a link to nothing for a script that failed', async () => {
      await withHook(shell, async ({ path, script, call, calls }) => {
        script(inFolder('1'))
        symlinkSync('/nowhere/we/were', join(path, inFolder('2')))
        const { ended, stdout } = await call('freeze')
        assert.equal(ended, 127)
        assert.match(stdout, /^fsfreeze-hook: not frozen: 2 failed with exit code 127/)
        assert.deepEqual(calls(), ['1 [freeze]', '1 [thaw]'])
      })
    })

    test("calls somebody else's hook that install kept, before all others", async () => {
      await withHook(shell, async ({ script, call, calls }) => {
        script('fsfreeze-hook.mysql-quiesce.orig')
        script(inFolder('1'))
        await call('freeze')
        await call('thaw')
        const kept = 'fsfreeze-hook.mysql-quiesce.orig'
        assert.deepEqual(calls(), [`${kept} [freeze]`, '1 [freeze]', '1 [thaw]', `${kept} [thaw]`])
      })
    })

    test('does not wait for a child that a script has left in the background', async () => {
      await withHook(shell, async ({ path, script, call }) => {
        const pidFile = join(path, 'pid')
        script(inFolder('1'), `/bin/sleep 600 & echo $! >${pidFile}`)
        const { ended } = await call('freeze')
        const child = Number(readFileSync(pidFile, 'utf8'))
        assert.deepEqual([ended, (await stateOf(child)) !== undefined], [0, true])
        process.kill(child)
      })
    })

    test('writes nothing into the log between freeze and thaw, and all of it then', async () => {
      await withHook(shell, async ({ log, kept, script, call }) => {
        script(inFolder('1'), 'echo said')
        await call('freeze')
        assert.deepEqual([existsSync(log), existsSync(kept)], [false, true])
        await call('thaw')
        await until(
          'the log was written',
          () => existsSync(log) && readFileSync(log, 'utf8').includes('thaw: '),
        )
        assert.match(
          readFileSync(log, 'utf8'),
          /freeze: running .*\/1\n.*freeze: .*\/1 ended with exit code 0: said\n.*thaw: .*\/1 ended/,
        )
        assert.equal(existsSync(kept), false)
      })
    })

    test('comes back from the thaw though its log is on a disk that lets nobody write', async () => {
      await withHook(shell, async ({ log, script, call }) => {
        spawnSync('mkfifo', [log])
        script(inFolder('1'))
        assert.deepEqual([(await call('freeze')).ended, (await call('thaw')).ended], [0, 0])
        assert.match(readFileSync(log, 'utf8'), /thaw: /)
      })
    })

    test('does its work where there is no tmpfs to keep anything on', async () => {
      await withHook(shell, async ({ script, call, calls }) => {
        script(inFolder('1'), 'exit 3')
        const { ended } = await call('freeze', {
          env: { FSFREEZE_HOOK_RUN: '/nowhere', FSFREEZE_HOOK_LOG: '/nowhere/x' },
        })
        assert.deepEqual([ended, calls()], [3, ['1 [freeze]']])
      })
    })

    test('does its work with stdout and stderr closed', async () => {
      await withHook(shell, async ({ script, call, calls }) => {
        script(inFolder('1'))
        script(inFolder('2'), 'echo x; exit 3')
        assert.equal((await call('freeze', { closed: [1, 2] })).ended, 3)
        assert.deepEqual(calls(), ['1 [freeze]', '2 [freeze]', '1 [thaw]'])
      })
    })

    test('undoes the freeze when it is told to stop, and tells the script that runs', async () => {
      await withHook(shell, async ({ path, script, calls }) => {
        const ready = join(path, 'ready')
        script(inFolder('1'))
        script(inFolder('2'), `trap 'exit 9' TERM; : >${ready}; while :; do /bin/sleep 0.01; done`)
        const env = { FSFREEZE_HOOK_LOG: join(path, 'hook.log'), FSFREEZE_HOOK_RUN: join(path, 'run') }
        const child = start(join(path, 'fsfreeze-hook'), ['freeze'], { shell, env })
        const ended = endOf(child)
        await until('the script runs', () => existsSync(ready))
        child.kill('SIGTERM')
        assert.equal((await ended).ended, 9)
        assert.deepEqual(calls(), ['1 [freeze]', '2 [freeze]', '1 [thaw]'])
      })
    })

    for (const action of ['', 'Freeze', 'status']) {
      test(`calls nobody for ${JSON.stringify(action)}, and fails`, async () => {
        await withHook(shell, async ({ script, call, calls }) => {
          script(inFolder('1'))
          const { ended, stdout } = await call(action)
          assert.deepEqual([ended, calls()], [2, []])
          assert.equal(stdout, `fsfreeze-hook: called with '${action}', which is neither freeze nor thaw\n`)
        })
      })
    }

    test('leaves nothing on the tmpfs after a freeze that failed', async () => {
      await withHook(shell, async ({ path, log, script, call }) => {
        script(inFolder('1'), 'exit 1')
        await call('freeze')
        await until(
          'the log was written',
          () => existsSync(log) && readdirSync(join(path, 'run')).length === 0,
        )
        writeFileSync(log, '')
      })
    })
  })
}
