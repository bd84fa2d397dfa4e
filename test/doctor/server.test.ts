import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { dir, type DirectoryResult } from 'tmp-promise'
import type { Check } from '../../src/doctor/check.ts'
import type { ServerName } from '../servers/catalog.ts'
import { type Server, startServer } from '../servers/start.ts'
import { account, accountWith, privileges } from '../support/accounts.ts'
import { command } from '../support/command.ts'
import { type Settings, writeOptionFile } from '../support/lab.ts'
import { type Writer, writerAt } from '../support/writer.ts'

/** What the doctor says of this server to who logs in so, by the names of the checks; its files are in `folder`. */
async function checksAt(
  { socket }: Server,
  folder: string,
  login: Settings,
  flags: readonly string[] = [],
): Promise<Readonly<Record<string, Check>>> {
  const [file, config] = [join(folder, 'my.cnf'), join(folder, 'quiesce.cnf')]
  await writeOptionFile(file, 'client', { socket, ...login })
  await writeOptionFile(config, 'mysql-quiesce', { 'defaults-file': file, 'log-file': join(folder, 'log') })
  const { lines } = await command('doctor', '--json', '--config', config, ...flags)
  const { checks }: Report = JSON.parse(lines.join('\n'))
  return Object.fromEntries(
    checks.flatMap((check) => (check.subject === 'server' ? [[check.name, check]] : [])),
  )
}

interface Report {
  readonly checks: readonly (Check & { readonly subject: string })[]
}

/** What the doctor says of a real server, to an account that is as the option file has it. */
function doctorOf(serverName: ServerName): void {
  describe(serverName, () => {
    let folder: DirectoryResult
    let server: Server
    let writer: Writer

    before(async () => {
      folder = await dir({ unsafeCleanup: true })
      server = await startServer({
        name: serverName,
        dir: join(folder.path, 'data'),
        options: ['--log-bin', '--sync-binlog=1', '--server-id=1'],
      })
      writer = await writerAt(server.socket)
      for (const statement of accountWith(account)) await writer.ask(statement)
    })
    after(async () => {
      await server.stop()
      await folder.cleanup()
    })

    const checks = (login: Settings = {}, ...flags: readonly string[]) =>
      checksAt(server, folder.path, { ...account, ...login }, flags)

    async function says(
      name: string,
      result: Check['result'],
      words: RegExp,
      login?: Settings,
    ): Promise<void> {
      const { [name]: check } = await checks(login)
      assert.ok(check, name)
      assert.deepEqual(
        [check.result, words.test(`${check.seen}; ${check.advice}`)],
        [result, true],
        JSON.stringify(check),
      )
    }

    test('says who logs in, to which server, and which lock it would take', async () => {
      const { login, server: version, lock, ...others } = await checks()
      assert.match(login?.seen ?? '', /^quiesce@localhost at .*mysql\.sock$/)
      assert.match(
        version?.seen ?? '',
        new RegExp(`^${serverName.split('-')[0]} ${server.version.replaceAll('.', '\\.').slice(0, 4)}`),
      )
      assert.match(lock?.seen ?? '', /^FLUSH TABLES WITH READ LOCK, which waits for .*; lock is set to ftwrl/)
      const wrong = Object.values(others).filter(({ result }) => result === 'warning' || result === 'problem')
      assert.deepEqual(wrong, [])
    })

    test('says that a wrong password is refused, and does not repeat it', async () => {
      await says(
        'login',
        'problem',
        /Access denied for user 'quiesce'@'localhost'.*correct user and password/,
        { password: 'wr0ng' },
      )
      assert.doesNotMatch(JSON.stringify(await checks({ password: 'wr0ng' })), /wr0ng/)
    })

    test('says at which socket no server answers', async () => {
      await says('login', 'problem', /no server answers at \/nowhere\/s: .*start the server/, {
        socket: '/nowhere/s',
      })
    })

    for (const missing of privileges) {
      test(`says that GRANT ${missing} is missing, and of no other`, async () => {
        const user = `no_${missing.toLowerCase().replace(' ', '_')}`
        for (const statement of accountWith({ user, granted: privileges.filter((one) => one !== missing) }))
          await writer.ask(statement)
        const found = await checks({ user })
        assert.deepEqual(
          privileges.filter((one) => found[one]?.result === 'problem'),
          [missing],
        )
        assert.equal(found[missing]?.advice, `GRANT ${missing} ON *.* TO '${user}'@'localhost'`)
      })
    }

    test('says of every engine that the lock does not make safe how many tables it has', async () => {
      await writer.ask('CREATE TABLE shop.cache (id INT) ENGINE = MEMORY')
      await says('engine MEMORY', 'warning', /1 table: lost at every restart/, { user: 'root', password: '' })
      await writer.ask('DROP TABLE shop.cache')
      await says('engines', 'ok', /InnoDB 1, MyISAM 1/, { user: 'root', password: '' })
      await says('engines', 'ok', /every engine that is loaded reaches the disk under ftwrl: .*InnoDB/)
    })

    test('says what a crash would cost', async () => {
      await writer.ask('SET GLOBAL sync_binlog = 0')
      await writer.ask('SET GLOBAL innodb_flush_log_at_trx_commit = 2')
      await says('sync_binlog', 'warning', /^0: /)
      await says('innodb_flush_log_at_trx_commit', 'warning', /^2: /)
      await writer.ask('SET GLOBAL sync_binlog = 1')
      await writer.ask('SET GLOBAL innodb_flush_log_at_trx_commit = 1')
    })

    test('names the statement that a freeze would wait for', async () => {
      await writer.writesAtOnce()
      await using long = await writer.occupies('UPDATE shop.visits SET id = id + SLEEP(600)')
      const found = await checks({}, '--quiet-query=0s')
      assert.equal(found['long statements']?.result, 'warning')
      assert.match(found['long statements']?.seen ?? '', new RegExp(`statement ${long.id} of root@`))
      assert.equal(found['long statements']?.advice?.startsWith(`end it (KILL ${long.id})`), true)
    })

    test('says how many connections are free, when they are few', async () => {
      const [limit] = await writer.ask('SELECT @@GLOBAL.max_connections AS most')
      const idle = () => createConnection({ socketPath: server.socket, user: 'root' })
      const sessions = await Promise.all(Array.from({ length: 6 }, idle))
      await writer.ask('SET GLOBAL max_connections = 10')
      const { connections } = await checks()
      await writer.ask(`SET GLOBAL max_connections = ${limit?.['most']}`)
      for (const session of sessions) await session.end()
      assert.equal(connections?.result, 'warning')
      assert.match(connections?.seen ?? '', /^[2-4] of 10 are free/)
    })

    test('says that an account is allowed too few connections', async () => {
      await writer.ask("ALTER USER 'quiesce'@'localhost' WITH MAX_USER_CONNECTIONS 1")
      await says('connections', 'problem', /the account may have 1, and a freeze needs 2/)
      await writer.ask("ALTER USER 'quiesce'@'localhost' WITH MAX_USER_CONNECTIONS 0")
    })

    test('leaves no session, and no lock', async () => {
      await checks()
      await writer.writesAtOnce()
      assert.deepEqual(
        await writer.ask(
          "SELECT ID FROM information_schema.PROCESSLIST WHERE USER = 'quiesce' AND COMMAND <> 'Sleep'",
        ),
        [],
      )
    })
  })
}

for (const name of ['mariadb-10.11', 'mysql-5.7', 'mysql-9.7'] as const) doctorOf(name)

describe('mariadb-11.8 without a binary log', () => {
  test('is told what that costs', async () => {
    const folder = await dir({ unsafeCleanup: true })
    try {
      const options = ['--skip-log-bin']
      await using server = await startServer({
        name: 'mariadb-11.8',
        dir: join(folder.path, 'data'),
        options,
      })
      const found = await checksAt(server, folder.path, { user: 'root' })
      assert.deepEqual(
        ['login', 'RELOAD', 'REPLICATION CLIENT', 'PROCESS', 'binary log', 'sync_binlog'].map(
          (name) => found[name]?.result,
        ),
        ['ok', 'ok', 'ok', 'ok', 'warning', 'not-applicable'],
      )
    } finally {
      await folder.cleanup()
    }
  })
})
