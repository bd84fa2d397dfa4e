import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { dir as temporaryDir } from 'tmp-promise'
import { databaseAt } from '../../src/adapters/database.ts'
import type { Observer } from '../../src/core/world.ts'
import type { ServerName } from '../servers/catalog.ts'
import { type Server, startServer, type StartRequest } from '../servers/start.ts'
import { accountWith } from '../support/accounts.ts'
import { until } from '../support/until.ts'

const may = { no: 'sees_none', some: 'sees_some', all: 'sees_all', super: 'is_super' } as const
const accounts = [
  ...Object.values(may).flatMap((user) => accountWith({ user, identified: "BY 'x'" })),
  `GRANT SELECT ON shop.* TO '${may.some}'@'localhost'`,
  `GRANT SELECT ON *.* TO '${may.all}'@'localhost'`,
  `GRANT SUPER ON *.* TO '${may.super}'@'localhost'`,
]

describe('the engines of MariaDB 10.11 with RocksDB', () => {
  const server = serverWith('mariadb-10.11', {
    engines: true,
    options: ['--plugin-load-add=ha_rocksdb', '--rocksdb-flush-log-at-trx-commit=2'],
    tables: ['CREATE TABLE shop.events (id INT PRIMARY KEY) ENGINE=RocksDB'],
  })

  test('that are loaded are told to every account', async () => {
    await using observer = await server.observeAs(may.no)
    const loaded = await observer.loadedEngines()
    for (const engine of ['InnoDB', 'MyISAM', 'Aria', 'ROCKSDB'])
      assert.ok(loaded.includes(engine), `${engine} of ${loaded.join()}`)
    assert.ok(!loaded.includes('FEDERATED'))
  })

  for (const [user, engines, all] of [
    [may.no, [], false],
    [may.some, ['ROCKSDB'], false],
    [may.all, ['ROCKSDB'], true],
  ] as const)
    test(`that have tables are those whose tables ${user} sees`, async () => {
      await using observer = await server.observeAs(user)
      assert.deepEqual(await observer.enginesWithTables(['ROCKSDB', 'CONNECT']), { engines, all })
    })

  test('have a log of their own, which RocksDB writes about once a second and counts', async () => {
    await using observer = await server.observeAs(may.no)
    const { syncs, ...log } = (await observer.ownLog())!
    assert.deepEqual(log, { atCommit: 2, isOn: true })
    await until('it is counted', async () => ((await observer.ownLog())?.syncs ?? 0) > syncs!)
  })

  test('are told to write what is in memory by an account with SUPER alone', async () => {
    await using some = await server.observeAs(may.all)
    assert.equal(await some.flushOwnLog(), false)
    await using all = await server.observeAs(may.super)
    assert.equal(await all.flushOwnLog(), true)
  })
})

for (const [name, engine] of [
  ['mysql-5.7', 'MyISAM'],
  ['mysql-9.7', 'InnoDB'],
] as const)
  describe(`the engines of ${name}`, () => {
    const server = serverWith(name, { tables: [`CREATE TABLE shop.t (id INT PRIMARY KEY) ENGINE=${engine}`] })

    test('have no log of their own, and those that have tables are found', async () => {
      await using observer = await server.observeAs(may.all)
      assert.equal(await observer.ownLog(), null)
      assert.ok((await observer.loadedEngines()).includes(engine))
      assert.deepEqual(await observer.enginesWithTables([engine, 'Falcon']), { engines: [engine], all: true })
    })
  })

describe('the engines of mysql-5.6', () => {
  const server = serverWith('mysql-5.6', { tables: [] })

  test('are not looked for among its tables, which nothing could end', async () => {
    await using observer = await server.observeAs(may.all)
    assert.equal(await observer.enginesWithTables(['MyISAM']), 'cannot-tell')
    assert.ok((await observer.loadedEngines()).includes('MyISAM'))
  })
})

/** A server with these tables in a schema `shop`, for all tests of this `describe`. */
function serverWith(
  name: ServerName,
  { tables, ...how }: Pick<StartRequest, 'engines' | 'options'> & { readonly tables: readonly string[] },
): { observeAs(user: string): Promise<Observer> } {
  let server: Server
  let cleanup: () => Promise<void>
  before(async () => {
    const folder = await temporaryDir({ unsafeCleanup: true })
    cleanup = () => folder.cleanup()
    server = await startServer({ ...how, name, dir: join(folder.path, 'data') })
    await server.client([...accounts, 'CREATE DATABASE shop', ...tables].join(';\n'))
  })
  after(async () => {
    await server.stop()
    await cleanup()
  })
  const observeAs = (user: string) =>
    databaseAt(() => ({
      user,
      password: 'x',
      connectTimeout: 5000,
      transport: { kind: 'socket', path: server.socket },
      tls: { mode: 'DISABLED' },
    })).observe()
  return { observeAs }
}
