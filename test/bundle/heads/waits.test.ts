import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { endOf, run, shells, said, start, through } from '../../support/as-agent.ts'
import { nowhereElse, templatesWith, withPlaced } from '../../support/sh-head.ts'

for (const shell of shells) {
  describe(`under ${shell}, the head of`, () => {
    for (const name of ['pre-freeze-script', 'post-thaw-script'] as const) {
      test(`${name} turns the death of Node.js by SIGKILL into 137`, async () => {
        await withPlaced({ name }, async ({ file }) => {
          const { ended, stdout, stderr } = await run(file, ['die', 'SIGKILL'], { shell })
          assert.deepEqual([ended, stdout, stderr], [137, '', ''])
        })
      })

      test(`${name} turns an abort of Node.js into 134`, async () => {
        await withPlaced({ name }, async ({ file, folder }) => {
          const { ended, stderr } = await run(file, ['abort'], { shell, cwd: folder })
          assert.deepEqual([ended, stderr], [134, ''])
        })
      })

      for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
        const title = `${name} passes on ${signal} as SIGTERM and waits until Node.js has undone everything`
        test(title, { timeout: 60_000 }, async ({ signal: timedOut }) => {
          await withPlaced({ name }, async ({ file, folder }) => {
            const mayEnd = join(folder, 'may-end')
            const child = start(file, ['stay', mayEnd], { shell })
            const end = endOf(child)
            try {
              await said(child, 'here', timedOut)
              child.kill(signal)
              await said(child, 'asked to stop by SIGTERM', timedOut)
              assert.equal(child.exitCode, null)
            } finally {
              await writeFile(mayEnd, '')
            }
            assert.equal((await end).ended, 12)
          })
        })
      }

      test(`${name} does not start Node.js any more once it was told to stop`, async () => {
        const early = templatesWith('run-and-wait.sh', /^/, '  kill $$\n')
        await withPlaced({ name, templates: early }, async ({ file, folder }) => {
          const mark = join(folder, 'ran')
          assert.equal((await run(file, ['mark', mark], { shell })).ended, 143)
          assert.equal(existsSync(mark), false)
        })
      })

      test(`${name} says on stdout what Node.js says on stderr`, async () => {
        await withPlaced({ name }, async ({ file }) => {
          const { stdout, stderr } = await run(file, ['complain'], { shell })
          assert.deepEqual([stdout, stderr], ['a warning\n', ''])
        })
      })

      test(`${name} gives Node.js nothing to read`, async () => {
        await withPlaced({ name }, async ({ file }) => {
          const { stdout } = await run(file, ['echo'], { shell, stdin: 'words' })
          assert.deepEqual(JSON.parse(stdout), { said: '' })
        })
      })

      test(`${name} says one line on stdout where Node.js is missing, names the places, and ends with 127`, async () => {
        await withPlaced({ name, node: 'none', templates: nowhereElse }, async ({ file, folder }) => {
          const { ended, stdout, stderr } = await run(file, ['freeze'], { shell })
          assert.deepEqual([ended, stderr, stdout.split('\n').length], [127, '', 2])
          assert.ok(stdout.includes(`${folder}/node`) && stdout.includes('/nonexistent/node'), stdout)
        })
      })

      test(
        `${name} ends with 127, not by a signal, when nobody reads why`,
        { skip: !existsSync('/bin/bash') },
        async () => {
          await withPlaced({ name, node: 'none', templates: nowhereElse }, async ({ file }) => {
            const unread = 'exec 5> >(exit 0); wait "$!"; "$@" >&5; echo "$?"'
            const { stdout } = spawnSync('/bin/bash', ['-c', unread, 'bash', ...through(shell), file], {
              encoding: 'utf8',
            })
            assert.equal(stdout, '127\n')
          })
        },
      )
    }
  })
}
