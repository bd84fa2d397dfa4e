import assert from 'node:assert/strict'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { logFileAnyway, usualLog } from '../../src/adapters/log-place.ts'

const text = '[mysql-quiesce]\nlog-file = /named/in/it.log\nlog-wait = 3s\n'

describe('where a failure is logged though the settings are wrong', () => {
  for (const [what, argv, found] of [
    ['is what the command line says', ['--log-file=/named.log', '--nonsense'], '/named.log'],
    ['also in two words', ['freeze', '--log_file', '/named.log'], '/named.log'],
    [
      'else what the option file says, whatever else is wrong in it',
      ['freeze', '--nonsense'],
      '/named/in/it.log',
    ],
    ['else the usual place', ['--config=/nonexistent.cnf', 'freeze'], usualLog],
  ] as const)
    test(what, async () => {
      await withConfig((config) => {
        assert.equal(logFileAnyway(argv, { MYSQL_QUIESCE_CONFIG: config }), found)
      })
    })

  test('is the usual place where others may write the option file', async () => {
    await withConfig((config) => {
      chmodSync(config, 0o666)
      assert.equal(logFileAnyway(['freeze'], { MYSQL_QUIESCE_CONFIG: config }), usualLog)
    })
  })
})

async function withConfig(play: (config: string) => void): Promise<void> {
  await withDir(
    async ({ path }) => {
      const config = join(path, 'quiesce.cnf')
      writeFileSync(config, text, { mode: 0o600 })
      play(config)
    },
    { unsafeCleanup: true },
  )
}
