import assert from 'node:assert/strict'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { endOf, shells, said, start } from '../../support/as-agent.ts'
import { withPlaced } from '../../support/sh-head.ts'

const name = 'pre-freeze-script'

for (const shell of shells) {
  describe(`under ${shell}, the head of pre-freeze-script`, () => {
    test('leaves with 0 before Node.js has ended, when it is told to look and the lock files say frozen', async () => {
      await withPlaced({ name }, async ({ file, folder, held }) => {
        const mayEnd = join(folder, 'may-end')
        const child = start(file, ['stay', mayEnd], { shell })
        await said(child, 'here')
        await writeFile(held, '')
        child.kill('SIGUSR1')
        const [code] = await once(child, 'exit')
        assert.equal(code, 0)
        assert.equal(child.stdout?.readableEnded, false, 'Node.js was still there')
        const closed = once(child, 'close')
        await writeFile(mayEnd, '')
        await closed
      })
    })

    for (const [files, before, since] of [
      ['no lock file is there', [], []],
      ['waitforlock is still there', [], ['waitforlock', 'waitforsnapshot']],
      ['waitforsnapshot is there since before it began', ['waitforsnapshot'], []],
    ] as const) {
      test(`goes on waiting when it is told to look and ${files}`, async () => {
        await withPlaced({ name }, async ({ file, folder, stateDir }) => {
          for (const each of before) await writeFile(join(stateDir, each), '')
          const mayEnd = join(folder, 'may-end')
          const child = start(file, ['stay', mayEnd], { shell })
          const end = endOf(child)
          await said(child, 'here')
          for (const each of since) await writeFile(join(stateDir, each), '')
          child.kill('SIGUSR1')
          child.kill('SIGTERM')
          await said(child, 'asked to stop')
          await writeFile(mayEnd, '')
          assert.equal((await end).ended, 12)
        })
      })
    }
  })
}
