import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { executables } from '../../../src/bundle/artifacts.ts'
import { run, shells } from '../../support/as-agent.ts'
import { nowhereElse, withPlaced } from '../../support/sh-head.ts'

for (const shell of shells) {
  describe(`under ${shell}, the head of`, () => {
    for (const { name } of executables) {
      test(`${name} passes every argument on, empty ones too, to a program in strict mode`, async () => {
        await withPlaced({ name }, async ({ file }) => {
          const args = ['', 'freeze', '', 'two words', '$(x) * \\ "\'', '--', '-n', 'é\n']
          const { ended, stdout, stderr } = await run(file, ['tell', ...args], { shell })
          const told = JSON.parse(stdout)
          assert.deepEqual([ended, stderr, told.args, told.self, told.strict], [0, '', args, file, true])
        })
      })

      test(`${name} passes the exit code on`, async () => {
        await withPlaced({ name }, async ({ file }) => {
          const { ended, stdout, stderr } = await run(file, ['exit', '30'], { shell })
          assert.deepEqual([ended, stdout, stderr], [30, '', ''])
        })
      })

      test(`${name} finds what belongs to it when it is called through links`, async () => {
        await withPlaced({ name, templates: nowhereElse }, async ({ file }, parent) => {
          await mkdir(join(parent, 'sbin'))
          await symlink(file, join(parent, 'sbin/first'))
          await symlink('first', join(parent, 'sbin/second'))
          const { stdout, stderr } = await run(join(parent, 'sbin/second'), ['tell'], { shell })
          assert.deepEqual([JSON.parse(stdout).self, stderr], [file, ''])
        })
      })

      test(`${name} is at home in a link to its folder`, async () => {
        await withPlaced({ name, templates: nowhereElse }, async ({ folder }, parent) => {
          await symlink(folder, join(parent, 'other'))
          const { ended } = await run(join(parent, 'other', name), ['exit', '5'], { shell })
          assert.equal(ended, 5)
        })
      })

      for (const closed of [[0], [1], [2], [0, 1, 2]] as const) {
        test(`${name} works with descriptors ${closed.join(', ')} closed`, async () => {
          await withPlaced({ name }, async ({ file, folder }) => {
            const mark = join(folder, 'ran')
            const { ended } = await run(file, ['mark', mark], { shell, closed })
            assert.deepEqual([ended, existsSync(mark)], [7, true])
          })
        })

        test(`${name} ends with 127 where Node.js is missing and descriptors ${closed.join(', ')} are closed`, async () => {
          await withPlaced({ name, node: 'none', templates: nowhereElse }, async ({ file }) => {
            assert.equal((await run(file, [], { shell, closed })).ended, 127)
          })
        })
      }
    }
  })
}

describe('a head', () => {
  test('is called by a bare name from its own folder', async () => {
    await withPlaced({ name: 'pre-freeze-script', templates: nowhereElse }, async ({ folder }) => {
      const { ended } = await run('pre-freeze-script', ['exit', '9'], { shell: '/bin/sh', cwd: folder })
      assert.equal(ended, 9)
    })
  })
})
