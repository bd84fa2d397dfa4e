import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { run, shells } from '../../support/as-agent.ts'
import { nowhereElse, withPlaced } from '../../support/sh-head.ts'

for (const shell of shells) {
  describe(`under ${shell}, the head of`, () => {
    for (const name of ['locktables', 'mysql-quiesce'] as const) {
      test(`${name} is Node.js after a moment: same process, same stdin, stdout and stderr`, async () => {
        await withPlaced({ name }, async ({ file }) => {
          const [told, echoed, complained] = await Promise.all([
            run(file, ['tell'], { shell }),
            run(file, ['echo'], { shell, stdin: 'words' }),
            run(file, ['complain'], { shell }),
          ])
          assert.equal(JSON.parse(told.stdout).pid, told.pid)
          assert.deepEqual(JSON.parse(echoed.stdout), { said: 'words' })
          assert.deepEqual([complained.stdout, complained.stderr], ['', 'a warning\n'])
        })
      })

      test(`${name} says one line on stderr where Node.js is missing, and ends with 127`, async () => {
        await withPlaced({ name, node: 'none', templates: nowhereElse }, async ({ file }) => {
          const { ended, stdout, stderr } = await run(file, [], { shell })
          assert.deepEqual([ended, stdout], [127, ''])
          assert.match(stderr, new RegExp(`^${name}: no Node.js >= 20.9 at .*\n$`))
        })
      })
    }
  })
}
