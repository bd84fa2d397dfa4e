import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { ServerName } from '../servers/catalog.ts'
import { startServer, type StartRequest } from '../servers/start.ts'
import { succeeds } from '../support/expect.ts'
import { fileCopy } from '../support/file-copy.ts'
import { guestOn } from '../support/guest.ts'

const rows = 300
const columns = '(id INT NOT NULL, text VARCHAR(20) NOT NULL)'

/** The names in SHOW ENGINES of what a table is made with. */
interface Case extends Pick<StartRequest, 'engines' | 'options'> {
  readonly name: ServerName
  readonly made: Readonly<Record<string, string>>
}

const everywhere = {
  InnoDB: 'ENGINE=InnoDB',
  MyISAM: 'ENGINE=MyISAM DELAY_KEY_WRITE=1',
  CSV: 'ENGINE=CSV',
  ARCHIVE: 'ENGINE=ARCHIVE',
  merge: 'ENGINE=MRG_MyISAM UNION=(kinds.base) INSERT_METHOD=LAST',
}
const aria = { Aria: 'ENGINE=Aria TRANSACTIONAL=1', Aria0: 'ENGINE=Aria TRANSACTIONAL=0' }
const parts = { parts: 'ENGINE=MyISAM PARTITION BY HASH (id) PARTITIONS 3' }
const archive = ['--plugin-load-add=ha_archive']

const cases: readonly Case[] = [
  { name: 'mysql-5.6', made: { ...everywhere, ...parts } },
  { name: 'mysql-5.7', made: { ...everywhere, ...parts } },
  {
    name: 'mysql-9.7',
    made: { ...everywhere, parts: 'ENGINE=InnoDB PARTITION BY HASH (id) PARTITIONS 3' },
  },
  { name: 'mariadb-10.5', options: archive, made: { ...everywhere, ...aria, ...parts } },
  { name: 'mariadb-11.8', options: archive, made: { ...everywhere, ...aria, ...parts } },
  {
    name: 'mariadb-10.11',
    engines: true,
    options: [...archive, '--plugin-load-add=ha_mroonga'],
    made: { ...everywhere, ...aria, ...parts, Mroonga: 'ENGINE=Mroonga' },
  },
]

for (const { name, made, ...how } of cases)
  describe(`${name}:`, () => {
    const { scenario } = guestOn(name, how)

    scenario(
      `a consistent copy has every row of ${Object.keys(made).join(', ')}`,
      async ({ lab, server }) => {
        const tables = Object.entries(made)
        await server.client(tables.flatMap(([table, kind]) => written(table, kind)).join('\n'))
        succeeds(await lab.freeze('freeze'), /^frozen at /)
        await using copy = await fileCopy(server)
        succeeds(await lab.thaw('thaw'), /is consistent$/m)
        await using booted = await startServer({ ...how, name, dir: copy.path })
        for (const [table] of tables)
          assert.equal(await booted.client(`SELECT COUNT(*) FROM kinds.${table}`), String(rows), table)
      },
    )
  })

describe('engines with rows on other servers', () => {
  const federated = ['--plugin-load-add=ha_federatedx', '--plugin-load-add=ha_sphinx']
  const { scenario } = guestOn('mariadb-10.11', { options: federated })

  scenario('leave the snapshot consistent, and are named as not in it', async ({ lab }) => {
    await lab.freeze('freeze')
    const loaded = (await lab.frozen())?.engines.inUse.map(({ engine }) => engine) ?? []
    for (const engine of ['InnoDB', 'FEDERATED', 'SPHINX']) assert.ok(loaded.includes(engine), engine)
    succeeds(await lab.thaw('thaw'), /is consistent$/m)
    const run = (await lab.log()).find(({ msg }) => msg.startsWith('run '))
    assert.match(JSON.stringify(run), /FEDERATED is not in the snapshot: its rows are on another server/)
  })
})

/** Statements that make a table and commit its rows, one by one. */
function written(table: string, kind: string): readonly string[] {
  const inserts = Array.from({ length: rows }, (_, id) => `INSERT INTO kinds.${table} VALUES (${id}, 'row');`)
  return [
    'CREATE DATABASE IF NOT EXISTS kinds;',
    `CREATE TABLE IF NOT EXISTS kinds.base ${columns} ENGINE=MyISAM;`,
    `CREATE TABLE kinds.${table} ${columns} ${kind};`,
    ...inserts,
  ]
}
