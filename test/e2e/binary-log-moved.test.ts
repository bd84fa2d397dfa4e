import { describe } from 'node:test'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn } from '../support/guest.ts'
import type { ServerName } from '../servers/catalog.ts'

const reads = ["GRANT REPLICATION SLAVE ON *.* TO 'quiesce'@'localhost'"]

for (const [name, format] of [
  ['mysql-5.6', 'ROW'],
  ['mysql-5.6', 'MIXED'],
  ['mysql-5.7', 'ROW'],
  ['mysql-9.7', 'STATEMENT'],
] as const satisfies readonly (readonly [ServerName, string])[]) {
  describe(`${name}, binlog_format ${format}`, () => {
    const { scenario } = guestOn(name, { options: [`--binlog-format=${format}`], grants: reads })

    scenario('a session that ends with temporary tables leaves the snapshot consistent', async (scene) => {
      const { lab, writer } = scene
      const shopper = await writer.occupies(...temporaryTable)
      await lab.freeze('freeze')
      await shopper[Symbol.asyncDispose]()
      succeeds(await lab.thaw('thaw'), /the snapshot is consistent$/m)
    })

    scenario('a temporary table that is dropped leaves the snapshot consistent', async ({ lab, writer }) => {
      await using shopper = await writer.occupies(...temporaryTable)
      await lab.freeze('freeze')
      await shopper.ask('DROP TEMPORARY TABLE shop.basket')
      succeeds(await lab.thaw('thaw'), /the snapshot is consistent$/m)
    })

    scenario(
      'a new file of the binary log does not, and the line says what it was',
      async ({ lab, writer }) => {
        await lab.freeze('freeze')
        await writer.ask('FLUSH BINARY LOGS')
        failsWith(
          'not-consistent',
          await lab.thaw('thaw'),
          /by a new file: FLUSH LOGS, RESET, or a file that was full/,
        )
      },
    )
  })
}

describe('mysql-5.7 with an account that may not read the binary log', () => {
  const { scenario } = guestOn('mysql-5.7', { options: ['--binlog-format=ROW'] })

  scenario('what moved it is not known, and the line says which privilege tells', async ({ lab, writer }) => {
    await using shopper = await writer.occupies(...temporaryTable)
    await lab.freeze('freeze')
    await shopper.ask('DROP TEMPORARY TABLE shop.basket')
    failsWith(
      'not-consistent',
      await lab.thaw('thaw'),
      /temporary tables, FLUSH LOGS or a write.*REPLICATION SLAVE/,
    )
  })
})

const temporaryTable = [
  'CREATE TEMPORARY TABLE shop.basket (id INT)',
  'INSERT INTO shop.basket VALUES (1)',
] as const
