import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { databaseAt } from '../../src/adapters/database.ts'
import type { Connection } from '../../src/core/connection.ts'
import { Failure } from '../../src/core/failure.ts'
import type { ReplicaChannel } from '../../src/core/replica.ts'
import type { ServerName } from '../servers/catalog.ts'
import { account, accountWith } from '../support/accounts.ts'
import { follow, type Pair, startPair, writeLocally } from '../support/replication.ts'
import { until } from '../support/until.ts'

const table = 'CREATE TABLE shop.orders (id INT PRIMARY KEY) ENGINE=InnoDB'

/** What each server calls what a replica needs beyond the documented minimum. */
const servers = [
  { name: 'mysql-5.7', see: null, stop: 'SUPER', gtid: /^[0-9a-f-]{36}:1-/, status: 'SHOW SLAVE STATUS' },
  {
    name: 'mysql-9.7',
    see: null,
    stop: 'REPLICATION_SLAVE_ADMIN',
    gtid: /^[0-9a-f-]{36}:1-/,
    status: 'SHOW REPLICA STATUS',
  },
  {
    name: 'mariadb-10.11',
    see: 'REPLICA MONITOR',
    stop: 'REPLICATION SLAVE ADMIN',
    gtid: /^0-\d+-\d+$/,
    status: 'SHOW ALL SLAVES STATUS',
  },
] as const satisfies readonly { name: ServerName; [more: string]: unknown }[]

for (const { name, see, stop, gtid, status } of servers)
  describe(`replication of ${name}`, () => {
    let pair: Pair
    before(async () => {
      pair = await startPair(name)
      const more = [see ?? 'PROCESS', stop]
      const granted = ['RELOAD', 'PROCESS', 'REPLICATION CLIENT']
      await writeLocally(pair.replica, [
        ...accountWith({ user: account.user, granted }),
        ...accountWith({ user: 'more', granted: [...granted, ...more] }),
        "GRANT SELECT ON mysql.* TO 'more'@'localhost'",
      ])
    })
    after(() => pair[Symbol.asyncDispose]())

    test('is none on a server that follows nobody, which needs no more than is documented', async () => {
      assert.equal(await isReplica(account.user), 'no')
    })

    test('is seen where its privilege is there, and else suspected', async () => {
      const { source, replica } = pair
      await follow(replica, source, 'GTID')
      assert.equal(await isReplica('more'), 'yes')
      assert.equal(await isReplica(account.user), see === null ? 'yes' : 'may be')
    })

    test('tells what was applied, and whether exactly', async () => {
      await pair.source.client(`CREATE DATABASE shop; ${table}; INSERT INTO shop.orders VALUES (1)`)
      const channel = await caughtUp()
      const [file, position] = (await coordinatesOf()).split('\t')
      assert.match(channel.gtid, gtid)
      const { gtid: _, ...rest } = channel
      assert.deepEqual(rest, {
        name: '',
        source: `127.0.0.1:${pair.source.port}`,
        file,
        position: Number(position),
        positionIs: name === 'mysql-5.7' ? 'not exact' : 'exact',
        follows: 'GTID',
        sqlThread: 'running',
      })
    })

    test('is stopped and started, once and again', async () => {
      await using session = await sessionOf('more')
      for (let times = 0; times < 2; times++) {
        await session.stopSqlThread('')
        assert.equal((await session.channels())[0]?.sqlThread, 'stopped')
      }
      for (let times = 0; times < 2; times++) {
        await session.startSqlThread('')
        assert.equal((await session.channels())[0]?.sqlThread, 'running')
      }
      assert.equal(await session.openTemporaryTables(), 0)
    })

    test('has a channel that is not there to say so', async () => {
      await using session = await sessionOf('more')
      await assert.rejects(session.stopSqlThread("it's"), /it's/)
    })

    test('names the privilege that is missing, and the GRANT', async () => {
      await using session = await sessionOf(account.user)
      await assert.rejects(session.stopSqlThread(''), missing(stop))
      if (see === null) {
        const [channel] = await session.channels()
        assert.equal(channel?.positionIs, 'not exact')
      } else await assert.rejects(session.channels(), missing(see, status))
    })

    async function isReplica(user: string) {
      await using observer = await at(user).observe()
      return (await observer.findings()).isReplica
    }

    async function sessionOf(user: string) {
      return await at(user).replica()
    }

    /** The channel, once it is where the source is. */
    async function caughtUp(): Promise<ReplicaChannel> {
      const wanted = await coordinatesOf()
      await using session = await sessionOf('more')
      return await until('the replica has caught up', async () => {
        const [channel] = await session.channels()
        return wanted.startsWith(`${channel?.file}\t${channel?.position}\t`) && channel
      })
    }

    async function coordinatesOf(): Promise<string> {
      return await pair.source.client(name === 'mysql-9.7' ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS')
    }

    function at(user: string) {
      return databaseAt(() => loginAs(user))
    }

    function loginAs(user: string): Connection {
      return {
        user,
        password: account.password,
        connectTimeout: 5000,
        transport: { kind: 'socket', path: pair.replica.socket },
        tls: { mode: 'DISABLED' },
      }
    }
  })

function missing(privilege: string, what = ''): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Failure)
    assert.equal(error.code, 'privilege-missing')
    assert.ok(error.message.startsWith(what), error.message)
    assert.ok(error.message.includes(`GRANT ${privilege} ON *.* TO 'quiesce'@'localhost'`), error.message)
    return true
  }
}
