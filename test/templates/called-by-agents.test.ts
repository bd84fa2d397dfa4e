import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { shippedFor } from '../../src/bundle/artifacts.ts'
import { platforms } from '../../src/platforms/all.ts'
import { endOf, shells, start, through } from '../support/as-agent.ts'
import { type HookFolder, withHookFolder } from '../support/hook-folder.ts'
import { ownSource } from '../support/source-tree.ts'
import { until } from '../support/until.ts'

for (const { name, mode } of shippedFor(platforms).filter((file) => file.mode === 0o755)) {
  const file = join(ownSource, 'templates', name === 'install' ? 'bundle/install' : name)
  for (const shell of shells.slice(1)) {
    test(`${name} is sh, as ${basename(shell)} reads it, and mode ${mode.toString(8)}`, () => {
      const [program = '', ...words] = through(shell)
      const { status, stderr } = spawnSync(program, [...words, '-n', file], { encoding: 'utf8' })
      assert.deepEqual([status, stderr, readFileSync(file, 'utf8').startsWith('#!/bin/sh\n')], [0, '', true])
    })
  }
}

interface Pair extends HookFolder {
  /** A link of this name that leads to a file of the bundle. */
  readonly linked: (name: string, to: string) => string
}

/** A bundle with a pair that writes down how it is called. */
async function withPair(use: (pair: Pair) => Promise<void>): Promise<void> {
  await withHookFolder(async (folder) => {
    mkdirSync(join(folder.path, 'bin'))
    const linked = (name: string, to: string): string => {
      symlinkSync(join(folder.path, to), join(folder.path, 'bin', name))
      return join(folder.path, 'bin', name)
    }
    await use({ ...folder, linked })
  })
}

for (const shell of shells) {
  describe(`the script that does what its argument says, run by ${shell}`, () => {
    for (const [args, expected] of [
      [['freeze'], 'pre-freeze-script [freeze]'],
      [['freeze', ''], 'pre-freeze-script [freeze] []'],
      [['freeze', 'a b', 'c'], 'pre-freeze-script [freeze] [a b] [c]'],
      [['thaw'], 'post-thaw-script [thaw]'],
      [['freezeFail', ''], 'post-thaw-script [freezeFail] []'],
      [['freezefail'], 'post-thaw-script [freezefail]'],
    ] as const) {
      test(`calls ${expected}, with its exit code, for ${JSON.stringify(args)}`, async () => {
        await withPair(async ({ template, script, linked, run, calls }) => {
          template('platforms/freeze-or-thaw', 'bundle/platforms/freeze-or-thaw')
          for (const name of ['pre-freeze-script', 'post-thaw-script']) script(`bundle/${name}`, 'exit 30')
          const { ended, stderr } = await run(linked('zz', 'bundle/platforms/freeze-or-thaw'), args, {
            shell,
          })
          assert.deepEqual([ended, stderr, calls()], [30, '', [expected]])
        })
      })
    }

    for (const args of [[], [''], ['Freeze'], ['status'], ['', 'freeze']]) {
      test(`locks nothing and fails for ${JSON.stringify(args)}`, async () => {
        await withPair(async ({ template, script, linked, run, calls }) => {
          template('platforms/freeze-or-thaw', 'bundle/platforms/freeze-or-thaw')
          for (const name of ['pre-freeze-script', 'post-thaw-script']) script(`bundle/${name}`)
          const { ended, stdout } = await run(linked('zz', 'bundle/platforms/freeze-or-thaw'), args, {
            shell,
          })
          assert.deepEqual([ended, calls()], [2, []])
          assert.match(stdout, /^nothing done: called with '/)
        })
      })
    }
  })

  describe(`the pair of VMware with another pair kept beside it, run by ${shell}`, () => {
    interface Chained extends HookFolder {
      readonly pre: string
      readonly post: string
    }

    /** `bodies`: what each of the four does after it has written down its call. */
    async function withChained(
      bodies: Partial<Record<'ours' | 'oursPost' | 'other' | 'otherPost', string>>,
      use: (chained: Chained) => Promise<void>,
    ): Promise<void> {
      await withPair(async (folder) => {
        const { script, template, linked } = folder
        for (const name of ['pre-freeze-after-another', 'post-thaw-before-another']) {
          template(`platforms/vmware/${name}`, `bundle/platforms/vmware/${name}`)
        }
        script('bundle/pre-freeze-script', bodies.ours)
        script('bundle/post-thaw-script', bodies.oursPost)
        script('bin/pre-freeze-script.mysql-quiesce.orig', bodies.other)
        script('bin/post-thaw-script.mysql-quiesce.orig', bodies.otherPost)
        await use({
          ...folder,
          pre: linked('pre-freeze-script', 'bundle/platforms/vmware/pre-freeze-after-another'),
          post: linked('post-thaw-script', 'bundle/platforms/vmware/post-thaw-before-another'),
        })
      })
    }

    const other = 'pre-freeze-script.mysql-quiesce.orig'
    const otherPost = 'post-thaw-script.mysql-quiesce.orig'

    test('freezes after it and thaws before it, and passes the arguments on', async () => {
      await withChained({}, async ({ pre, post, run, calls }) => {
        const frozen = await run(pre, ['freeze', 'a b', ''], { shell })
        const thawed = await run(post, ['freezeFail'], { shell })
        assert.deepEqual([frozen.ended, thawed.ended], [0, 0])
        assert.deepEqual(calls(), [
          `${other} [freeze] [a b] []`,
          'pre-freeze-script [freeze] [a b] []',
          'post-thaw-script [freezeFail]',
          `${otherPost} [freezeFail]`,
        ])
      })
    })

    for (const [how, body, code] of [
      ['fails', 'exit 5', 5],
      ['dies of a signal', 'kill -9 $$', 137],
    ] as const) {
      test(`fails the freeze, and locks nothing, when it ${how}`, async () => {
        await withChained({ other: body }, async ({ pre, run, calls }) => {
          const { ended, stderr } = await run(pre, ['freeze'], { shell })
          assert.deepEqual([ended, stderr, calls()], [code, '', [`${other} [freeze]`]])
        })
      })

      test(`fails the freeze, and undoes it, when ours ${how}`, async () => {
        await withChained({ ours: body }, async ({ pre, run, calls }) => {
          assert.equal((await run(pre, ['freeze'], { shell })).ended, code)
          assert.deepEqual(calls(), [
            `${other} [freeze]`,
            'pre-freeze-script [freeze]',
            `${otherPost} [freezeFail]`,
          ])
        })
      })
    }

    test('thaws both whatever happens, and fails as ours does, or else as it does', async () => {
      await withChained({ oursPost: 'exit 30', otherPost: 'exit 4' }, async ({ post, run, calls }) => {
        assert.equal((await run(post, ['thaw'], { shell })).ended, 30)
        assert.deepEqual(calls(), ['post-thaw-script [thaw]', `${otherPost} [thaw]`])
      })
      await withChained({ otherPost: 'exit 4' }, async ({ post, run }) => {
        assert.equal((await run(post, ['thaw'], { shell })).ended, 4)
      })
    })

    test('says nothing on stderr, and bears a closed stdout', async () => {
      await withChained({ other: 'echo x >&2', ours: 'echo y >&2' }, async ({ pre, run, calls }) => {
        assert.deepEqual((await run(pre, ['freeze'], { shell })).stderr, '')
        assert.equal((await run(pre, ['freeze'], { shell, closed: [1] })).ended, 0)
        assert.equal(calls().length, 4)
      })
    })

    test('passes on that it has to stop, undoes it, and never says that it succeeded', async () => {
      const ours = `trap 'exit 12' TERM; : >"\${0%/*}/ready"; while :; do /bin/sleep 0.01; done`
      await withChained({ ours }, async ({ path, pre, calls }) => {
        const child = start(pre, ['freeze'], { shell })
        const ended = endOf(child)
        await until('ours runs', () => existsSync(join(path, 'bundle/ready')))
        child.kill('SIGTERM')
        assert.equal((await ended).ended, 12)
        assert.deepEqual(calls().at(-1), `${otherPost} [freezeFail]`)
      })
    })
  })

  describe(`the pair that Veeam uploads, run by ${shell}`, () => {
    /** Copies that look for the command in the folder of the test; nothing else of them is changed. */
    async function withUploaded(
      use: (at: Pair & { readonly upload: (name: string) => string }) => Promise<void>,
    ) {
      await withPair(async (folder) => {
        const upload = (name: string): string => {
          const place = folder.template(`platforms/veeam/${name}.sh`, `upload/${name}.sh`)
          const command = join(folder.path, 'bin/mysql-quiesce')
          writeFileSync(place, readFileSync(place, 'utf8').replace('/usr/sbin/mysql-quiesce', command))
          return place
        }
        await use({ ...folder, upload })
      })
    }

    for (const [name, called] of [
      ['mysql-quiesce-pre-freeze', 'pre-freeze-script [freeze]'],
      ['mysql-quiesce-post-thaw', 'post-thaw-script [thaw]'],
    ] as const) {
      test(`${name}.sh calls ${called} of what is installed, with its exit code and its line`, async () => {
        await withUploaded(async ({ script, linked, upload, run, calls }) => {
          for (const file of ['mysql-quiesce', 'pre-freeze-script', 'post-thaw-script']) {
            script(`bundle/${file}`, 'echo line; exit 30')
          }
          linked('mysql-quiesce', 'bundle/mysql-quiesce')
          const { ended, stdout, stderr } = await run(upload(name), [], { shell, cwd: '/tmp' })
          assert.deepEqual([ended, stdout, stderr, calls()], [30, 'line\n', '', [called]])
        })
      })

      test(`${name}.sh fails, and says why on stdout alone, where nothing is installed`, async () => {
        await withUploaded(async ({ upload, run }) => {
          const { ended, stdout, stderr } = await run(upload(name), [], { shell })
          assert.deepEqual([ended, stderr], [127, ''])
          assert.match(stdout, /^not \w+: mysql-quiesce is not installed on this machine\n$/)
        })
      })
    }

    test('mysql-quiesce-pre-freeze.sh never takes a death by signal for success', async () => {
      await withUploaded(async ({ script, linked, upload, run }) => {
        for (const file of ['mysql-quiesce', 'pre-freeze-script']) script(`bundle/${file}`, 'kill -9 $$')
        linked('mysql-quiesce', 'bundle/mysql-quiesce')
        assert.equal((await run(upload('mysql-quiesce-pre-freeze'), [], { shell })).ended, 137)
      })
    })
  })

  describe(`the script install of a bundle, run by ${shell}`, () => {
    test('runs the command beside it from wherever it is called, and through a link', async () => {
      await withPair(async ({ path, template, script, linked, run, calls }) => {
        template('bundle/install', 'bundle/install')
        script('bundle/mysql-quiesce', 'exit 51')
        const env = { PATH: '/usr/bin:/bin' }
        for (const [file, cwd] of [
          [join(path, 'bundle/install'), '/'],
          ['./install', join(path, 'bundle')],
          ['bundle/install', path],
          [linked('put', 'bundle/install'), '/'],
        ] as const) {
          assert.equal((await run(file, ['--root', 'a b'], { shell, cwd, env })).ended, 51)
        }
        assert.deepEqual(calls(), Array(4).fill('mysql-quiesce [install] [--root] [a b]'))
      })
    })
  })
}
