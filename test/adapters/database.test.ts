import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { dir as temporaryDir } from 'tmp-promise'
import { databaseAt } from '../../src/adapters/database.ts'
import type { Connection } from '../../src/core/connection.ts'
import type { LockView } from '../../src/core/findings.ts'
import { chooseLock, type LockPlan } from '../../src/core/lock-choice.ts'
import type { Holder, Observer } from '../../src/core/world.ts'
import type { ServerName } from '../servers/catalog.ts'
import { type Server, startServer } from '../servers/start.ts'
import { account, accountWith, privileges } from '../support/accounts.ts'
import { until } from '../support/until.ts'
import { type Writer, writerAt } from '../support/writer.ts'

const limits = { lockWait: 1000, holdAtMost: 60_000 }

/** What each server is, and what it does that the others do not. */
const servers = [
  {
    name: 'mariadb-10.11',
    options: ['--performance-schema=ON', '--performance-schema-instrument=wait/lock/metadata/sql/mdl=ON'],
    is: { family: 'mariadb', version: /^10\.11\.\d+-MariaDB/, uuid: /^\S+$/ },
    waitsForReaders: false,
    shows: 'metadata_locks',
  },
  {
    name: 'mysql-5.7',
    options: ['--performance-schema-instrument=wait/lock/metadata/sql/mdl=OFF'],
    is: { family: 'mysql', version: /^5\.7\.\d+-log$/, uuid: /^[0-9a-f-]{36}$/ },
    waitsForReaders: true,
    shows: 'none',
  },
  {
    name: 'mysql-9.7',
    options: [],
    is: { family: 'mysql', version: /^9\.7\.\d+/, uuid: /^[0-9a-f-]{36}$/ },
    waitsForReaders: true,
    shows: 'metadata_locks',
  },
] as const satisfies readonly { name: ServerName; [more: string]: unknown }[]

for (const { name, options, is, waitsForReaders, shows } of servers)
  describe(`the database at a ${name}`, () => {
    let server: Server
    let writer: Writer
    let plan: LockPlan
    let view: LockView
    let cleanup: () => Promise<void>
    before(async () => {
      const folder = await temporaryDir({ unsafeCleanup: true })
      cleanup = () => folder.cleanup()
      server = await startServer({ name, dir: join(folder.path, 'data'), options })
      writer = await writerAt(server.socket)
      for (const statement of accountWith({ user: account.user })) await writer.ask(statement)
      await writer.ask(`GRANT SELECT ON performance_schema.* TO '${account.user}'@'localhost'`)
      await using observer = await observe()
      const findings = await observer.findings()
      view = findings.lockView
      plan = chooseLock('ftwrl', { server: observer.server, findings })
    })
    after(async () => {
      await server.stop()
      await cleanup()
    })

    const at = (change: Partial<Connection> = {}): Connection => ({
      ...account,
      connectTimeout: 5000,
      transport: { kind: 'socket', path: server.socket },
      tls: { mode: 'DISABLED' },
      ...change,
    })
    const observe = (change: Partial<Connection> = {}) => databaseAt(() => at(change)).observe()

    /** An observer and a holder of one database. */
    async function withBoth(
      play: (observer: Observer, holder: Holder) => Promise<void>,
      holdAtMost = 60_000,
    ): Promise<void> {
      const database = databaseAt(() => at())
      await using observer = await database.observe()
      await using holder = await database.connect(plan, { ...limits, holdAtMost })
      await play(observer, holder)
    }

    test('says which server it is, and as whom we are logged in', async () => {
      await using observer = await observe()
      const { family, version, uuid, account: who } = observer.server
      assert.equal(family, is.family)
      assert.match(version, is.version)
      assert.match(uuid ?? '', is.uuid)
      assert.equal(who, 'quiesce@localhost')
    })

    test('stops writers with the lock, and lets them go on with the unlock', async () => {
      await withBoth(async (_observer, holder) => {
        await holder.lock()
        const waiting = await writer.isKeptWaiting()
        await writer.readsAtOnce()
        assert.equal(await waiting.stillWaits(), true)
        await holder.unlock()
        await waiting.written
        await writer.writesAtOnce()
      })
    })

    test('lets writers go on when the holder’s connection is closed', async () => {
      const database = databaseAt(() => at())
      const holder = await database.connect(plan, limits)
      await holder.lock()
      const { written } = await writer.isKeptWaiting()
      await holder[Symbol.asyncDispose]()
      await written
    })

    test(`shows the lock in: ${shows}`, async () => {
      assert.equal(view, shows)
      if (view === 'none') return
      await withBoth(async (observer, holder) => {
        const seen = (connection: number) => observer.lockSeen(connection, { plan, view })
        assert.equal(await seen(holder.connection), false)
        await holder.lock()
        assert.equal(await seen(holder.connection), true)
        await holder.unlock()
        assert.equal(await seen(holder.connection), false)
        assert.equal(await seen(0), false)
      })
    })

    test('shows no locks to an account that may not look there', async () => {
      await withAccount(privileges, async (connection) => {
        await using observer = await observe(connection)
        assert.equal((await observer.findings()).lockView, 'none')
      })
    })

    test('says who has what the lock waits for, where it shows locks', async () => {
      await withBoth(async (observer, holder) => {
        await using blocking = await writer.occupies('LOCK TABLES shop.orders WRITE')
        const locking = holder.lock()
        locking.catch(() => {})
        await until('the lock waits', async () => {
          const sessions = await writer.sessionsOf(account.user)
          return sessions.some(({ id, state }) => id === holder.connection && /^waiting for/i.test(state))
        })
        assert.deepEqual(
          await observer.inTheWayOf(holder.connection, { plan, view }),
          view === 'none' ? [] : [{ id: blocking.id, table: 'shop.orders' }],
        )
        await assert.rejects(locking, { code: 'lock-not-granted' })
        await observer.endConnection(holder.connection)
      })
    })

    test('has a pulse: connections in use, and seconds since it was started', async () => {
      await using observer = await observe()
      const first = await observer.pulse()
      await using _another = await observe()
      const { connections, uptime } = await observer.pulse()
      assert.ok(connections > first.connections - 2 && connections > 1)
      assert.ok(uptime >= first.uptime)
    })

    test('ends no statement of others without the privilege, and names it', async () => {
      await using observer = await observe()
      await using reader = await writer.occupies('SELECT SLEEP(600)')
      await assert.rejects(observer.endStatement(reader.id), {
        code: 'privilege-missing',
        message:
          /^KILL QUERY \d+ was refused: (SUPER is|CONNECTION ADMIN is|CONNECTION_ADMIN is missing, or SYSTEM_USER)/,
      })
      await observer.endStatement(2 ** 31 - 1)
    })

    test('has the coordinates that the server itself tells, and they stand still under the lock', async () => {
      await withBoth(async (_observer, holder) => {
        const earlier = await holder.read()
        await writer.writesAtOnce()
        await holder.lock()
        const { connection, coordinates } = await holder.read()
        assert.equal(connection, holder.connection)
        assert.deepEqual(coordinates, await writer.coordinates())
        assert.notDeepEqual(coordinates, earlier.coordinates)
        const { written } = await writer.isKeptWaiting()
        assert.deepEqual((await holder.read()).coordinates, coordinates)
        await holder.unlock()
        await written
        assert.notDeepEqual((await holder.read()).coordinates, coordinates)
      })
    })

    test('has everything on disk that was written before the lock, once its logs are flushed', async () => {
      await withBoth(async (observer, holder) => {
        for (let count = 0; count < 20; count++) await writer.writesAtOnce()
        await holder.lock()
        const { lsn } = await observer.flushStatus()
        await observer.flushLogs()
        const { dirtyBlocks, flushedLsn } = await observer.flushStatus()
        await holder.unlock()
        assert.equal(dirtyBlocks, 0)
        assert.ok(
          lsn !== null && lsn > 0 && flushedLsn !== null && flushedLsn >= lsn,
          `${flushedLsn} of ${lsn}`,
        )
      })
    })

    test('shows what others do, with their whole text, and leaves our own sessions out', async () => {
      await withBoth(async (observer) => {
        const text = `SELECT SLEEP(600) /* ${'x'.repeat(500)} */`
        await using occupied = await writer.occupies(text)
        const statements = await observer.statements()
        const { user, host, command, age, text: seen } = statements.find(({ id }) => id === occupied.id) ?? {}
        assert.deepEqual([user, host, command, seen], ['root', 'localhost', 'Query', text])
        assert.ok(age !== undefined && age % 1000 === 0 && age < 60_000)
        // MySQL 5.7 may go on showing a session that a test before has killed.
        const ours = statements.filter((each) => each.user === account.user && each.command !== 'Killed')
        assert.deepEqual(ours, [])
      })
    })

    test('refuses the lock in time behind a statement that writes, and then has nothing of it', async () => {
      await withBoth(async (observer, holder) => {
        await using _occupied = await writer.occupies('LOCK TABLES shop.orders WRITE')
        await assert.rejects(holder.lock(), { code: 'lock-not-granted' })
        await holder[Symbol.asyncDispose]()
        await until('the holder is gone', async () => !(await observer.isConnected(holder.connection)))
      })
      await writer.writesAtOnce()
    })

    test(`behind a long SELECT ${waitsForReaders ? 'refuses the lock, and keeps it all the same until the connection is ended' : 'gives the lock at once'}`, async () => {
      await withBoth(async (observer, holder) => {
        await using _reader = await writer.occupies('SELECT SLEEP(600) FROM shop.orders LIMIT 1')
        if (!waitsForReaders) return await holder.lock()
        await assert.rejects(holder.lock(), {
          code: 'lock-not-granted',
          message: /^FLUSH TABLES WITH READ LOCK failed: Lock wait timeout exceeded/,
        })
        const waiting = await writer.isKeptWaiting()
        waiting.written.catch(() => {})
        await observer.endConnection(holder.connection)
        await until('the holder is gone', async () => !(await observer.isConnected(holder.connection)))
        await until('nobody waits for the global lock', async () => !(await waiting.stillWaits()))
      })
      await writer.writesAtOnce()
    })

    test('knows when a connection was killed from outside: it is lost, and so is the lock', async () => {
      await withBoth(async (observer, holder) => {
        await holder.lock()
        assert.equal(await observer.isConnected(holder.connection), true)
        assert.equal(holder.lost.aborted, false)
        await writer.ask(`KILL CONNECTION ${holder.connection}`)
        await until('the loss is noticed', () => holder.lost.aborted)
        await until(
          'the server has forgotten it',
          async () => !(await observer.isConnected(holder.connection)),
        )
        await assert.rejects(holder.read(), { code: 'connection-lost' })
        await writer.writesAtOnce()
      })
    })

    test('ends a session that waits for the lock, once its client has left and its statement is ended', async () => {
      await withBoth(async (observer, holder) => {
        await using _occupied = await writer.occupies('LOCK TABLES shop.orders WRITE')
        holder.lock().catch(() => {})
        const waits = ({ id, state }: { id: number; state: string }) =>
          id === holder.connection && /^waiting for/i.test(state)
        await until('the lock waits', async () => (await writer.sessionsOf(account.user)).some(waits))
        await holder[Symbol.asyncDispose]()
        await until('the holder is gone', async () => {
          await observer.endStatement(holder.connection)
          return !(await observer.isConnected(holder.connection))
        })
      })
      await writer.writesAtOnce()
    })

    test('ends a connection of ours, and it is no error where it is gone already', async () => {
      await withBoth(async (observer, holder) => {
        await observer.endConnection(holder.connection)
        await until('it is gone', async () => !(await observer.isConnected(holder.connection)))
        await observer.endConnection(holder.connection)
        assert.equal(await observer.isConnected(holder.connection), false)
      })
    })

    test('ends the session of a locker that hangs, one second after hold-at-most', async () => {
      await withBoth(async (_observer, holder) => {
        await holder.lock()
        await until('the server ends it', () => holder.lost.aborted)
        await writer.writesAtOnce()
      }, 1000)
    })

    for (const [missing, granted, work] of [
      ['PROCESS', ['RELOAD', 'REPLICATION CLIENT'], (observer: Observer) => observer.mayWatchOthers()],
      ['RELOAD', ['PROCESS', 'REPLICATION CLIENT'], (observer: Observer) => observer.flushLogs()],
    ] as const)
      test(`names the GRANT where ${missing} is missing`, async () => {
        await withAccount(granted, async (connection) => {
          await using observer = await observe(connection)
          await assert.rejects(work(observer), {
            code: 'privilege-missing',
            message: new RegExp(
              `was refused: ${missing} is missing; GRANT ${missing} ON \\*\\.\\* TO 'another'@'localhost'$`,
            ),
          })
        })
      })

    for (const [missing, granted] of [
      ['RELOAD', ['PROCESS', 'REPLICATION CLIENT']],
      ['REPLICATION CLIENT', ['PROCESS', 'RELOAD']],
    ] as const)
      test(`names the GRANT where the holder has no ${missing}`, async () => {
        await withAccount(granted, async (connection) => {
          const database = databaseAt(() => at(connection))
          await using _observer = await database.observe()
          const locking = async () => {
            await using holder = await database.connect(plan, limits)
            await holder.lock()
          }
          await assert.rejects(locking(), {
            code: 'privilege-missing',
            message: new RegExp(`GRANT ${missing} ON \\*\\.\\* TO 'another'@'localhost'$`),
          })
        })
      })

    test('refuses a wrong password', async () => {
      await assert.rejects(observe({ password: 'wrong' }), {
        code: 'access-denied',
        message: /Access denied/,
      })
    })

    test('refuses an account that has sessions enough', async () => {
      await withAccount(privileges, async (connection) => {
        await writer.ask("ALTER USER 'another'@'localhost' WITH MAX_USER_CONNECTIONS 1")
        await using _first = await observe(connection)
        await assert.rejects(observe(connection), { code: 'too-many-connections' })
      })
    })

    test('refuses everybody where there are too many connections', async () => {
      await writer.ask('SET GLOBAL max_connections = 10')
      const observers: Observer[] = []
      try {
        await assert.rejects(
          async () => {
            for (let count = 0; count < 20; count++) observers.push(await observe())
          },
          { code: 'too-many-connections', message: /Too many connections/ },
        )
      } finally {
        for (const observer of observers) await observer[Symbol.asyncDispose]()
        await writer.ask('SET GLOBAL max_connections = 60')
      }
    })

    test('is unreachable where there is no socket, and says where it looked', async () => {
      await assert.rejects(observe({ transport: { kind: 'socket', path: '/nonexistent/mysql.sock' } }), {
        code: 'server-unreachable',
        message: 'no server answers at /nonexistent/mysql.sock: connect ENOENT /nonexistent/mysql.sock',
      })
    })

    /** An account of these privileges, and how to log in with it. */
    async function withAccount(
      granted: readonly string[],
      play: (connection: Partial<Connection>) => Promise<void>,
    ): Promise<void> {
      for (const statement of accountWith({ user: 'another', granted })) await writer.ask(statement)
      try {
        await play({ user: 'another' })
      } finally {
        await writer.ask("DROP USER 'another'@'localhost'")
      }
    }
  })

describe('a server of a group that has its sessions wait for the others', () => {
  let folder: Awaited<ReturnType<typeof temporaryDir>>
  let server: Server
  let writer: Writer
  before(async () => {
    folder = await temporaryDir({ unsafeCleanup: true })
    server = await startServer({ name: 'mysql-9.7', dir: folder.path })
    writer = await writerAt(server.socket)
    for (const statement of accountWith(account)) await writer.ask(statement)
    await writer.ask("SET GLOBAL group_replication_consistency = 'BEFORE'")
  })
  after(async () => {
    await server.stop()
    await folder.cleanup()
  })

  test('is asked by sessions of ours that do not', async () => {
    const database = databaseAt(() => ({
      user: account.user,
      password: account.password,
      connectTimeout: 5000,
      transport: { kind: 'socket', path: server.socket },
      tls: { mode: 'PREFERRED' },
    }))
    await using observer = await database.observe()
    const plan = chooseLock('ftwrl', { server: observer.server, findings: await observer.findings() })
    await using _holder = await database.connect(plan, limits)
    await using _replica = await database.replica()
    const rows = await writer.ask(`
      SELECT VARIABLE_VALUE AS value FROM performance_schema.variables_by_thread JOIN performance_schema.threads USING (THREAD_ID)
       WHERE PROCESSLIST_USER = 'quiesce' AND VARIABLE_NAME = 'group_replication_consistency'`)
    assert.deepEqual(
      rows.map(({ value }) => String(value)),
      ['EVENTUAL', 'EVENTUAL', 'EVENTUAL'],
    )
  })
})

describe('a server that accepts and does not answer', () => {
  test('is unreachable after connect-timeout', async () => {
    const silent = createServer(() => {})
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    try {
      const address = silent.address()
      assert.ok(typeof address === 'object' && address)
      const database = databaseAt(() => ({
        user: 'x',
        connectTimeout: 300,
        transport: { kind: 'tcp', host: '127.0.0.1', port: address.port },
        tls: { mode: 'DISABLED' },
      }))
      await assert.rejects(database.observe(), {
        code: 'server-unreachable',
        message: new RegExp(`^no server answers at 127.0.0.1:${address.port}: `),
      })
    } finally {
      silent.close()
    }
  })
})
