import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'node:test'
import { formatCoordinates } from '../../src/core/coordinates.ts'
import { serverNames } from '../servers/catalog.ts'
import { account, accountWith } from '../support/accounts.ts'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn } from '../support/guest.ts'
import type { Lab } from '../support/lab.ts'
import type { Writer } from '../support/writer.ts'

for (const name of serverNames) {
  describe(name, () => {
    const { scenario } = guestOn(name)

    scenario('is frozen, and thawed to a snapshot that is consistent', async ({ lab, writer }) => {
      succeeds(await lab.freeze('freeze'), /^frozen at binlog\.\d+:\d+, waited \d+\.\d s$/m)
      const waiting = await writer.isKeptWaiting()
      succeeds(await lab.thaw('thaw'), /^thawed after \d+\.\d s, the snapshot is consistent$/m)
      await waiting.written
    })

    scenario('keeps writers waiting while it is frozen, and lets readers read', async ({ lab, writer }) => {
      await lab.freeze('freeze')
      const waiting = await writer.isKeptWaiting()
      await writer.readsAtOnce()
      assert.ok(await waiting.stillWaits())
      await lab.thaw('thaw')
      await waiting.written
    })

    scenario(
      'does not wait for an open transaction, and keeps it from committing',
      async ({ lab, writer }) => {
        await using shopper = await writer.occupies('BEGIN', 'INSERT INTO shop.orders () VALUES ()')
        succeeds(await lab.freeze('freeze'), /^frozen at /)
        const { written } = await shopper.isKeptWaitingAt('COMMIT')
        succeeds(await lab.thaw('thaw'), /is consistent$/m)
        await written
      },
    )

    scenario('has the coordinates that the server itself gives', async ({ lab, writer }) => {
      const { stdout } = await lab.freeze('freeze')
      const seen = await writer.coordinates()
      assert.match(stdout, new RegExp(`^frozen at ${formatCoordinates(seen)},`))
      assert.deepEqual((await lab.frozen())?.coordinates, seen)
      await lab.thaw('thaw')
    })

    scenario('has them in record-dir, in binlog_info as xtrabackup writes them', async ({ lab, writer }) => {
      await lab.freeze('freeze')
      const seen = await writer.coordinates()
      const { run, servers } = JSON.parse(await readFile(join(lab.recordDir, 'coordinates.json'), 'utf8'))
      const hold = await lab.hold()
      assert.deepEqual(
        { run, server: servers[0].server, coordinates: servers[0].coordinates },
        { run: hold?.run, server: hold?.frozen?.servers[0]?.server, coordinates: seen },
      )
      assert.equal(
        await readFile(join(lab.recordDir, 'binlog_info'), 'utf8'),
        `${seen.file}\t${seen.position}\t${seen.gtid}\n`,
      )
      await lab.thaw('thaw')
    })

    scenario('says which server it is, and by which lock it was frozen', async ({ lab, writer }) => {
      await lab.freeze('freeze')
      const [told] = await writer.ask('SELECT VERSION() AS version')
      const { server, lock, statements, connection } = (await lab.frozen())!
      assert.deepEqual(
        { family: server.family, version: server.version, account: server.account, lock, statements },
        {
          family: name.startsWith('mariadb') ? 'mariadb' : 'mysql',
          version: told?.['version'],
          account: 'quiesce@localhost',
          lock: 'ftwrl',
          statements: ['FLUSH TABLES WITH READ LOCK'],
        },
      )
      assert.match(server.uuid ?? '', /^[\da-zA-Z+/=-]{20,}$/)
      const sessions = await writer.sessionsOf('quiesce')
      assert.equal(sessions.length, 2)
      assert.ok(sessions.some(({ id }) => id === connection))
      await lab.thaw('thaw')
    })

    scenario('is frozen again after every thaw', async ({ lab }) => {
      for (let cycle = 1; cycle <= 3; cycle++) {
        succeeds(await lab.freeze('freeze'), /^frozen at /)
        succeeds(await lab.thaw('thaw'), /is consistent$/m)
      }
      const runs = (await lab.log()).filter(({ msg }) => msg.startsWith('run '))
      assert.equal(new Set(runs.map(({ run }) => run)).size, 3)
    })

    scenario('is let go without a verdict when the agent says freezeFail', async ({ lab, writer }) => {
      await lab.freeze('freeze')
      const waiting = await writer.isKeptWaiting()
      succeeds(
        await lab.thaw('freezeFail'),
        /^let go after \d+\.\d s; the freeze failed, so there is no verdict$/m,
      )
      await waiting.written
    })

    scenario('is asked itself whether it has the lock, where it tells', async ({ lab, writer }) => {
      await makeInspector(writer)
      await lab.logInAs({ user: 'inspector' })
      assert.equal(await lockSeen(lab), name === 'mysql-9.7' ? 'yes' : 'not-applicable')
      await lab.logInAs(account)
      assert.equal(await lockSeen(lab), 'not-applicable')
    })
  })
}

describe('mysql-9.7, which tells whether it has the lock,', () => {
  const { scenario } = guestOn('mysql-9.7')

  scenario('is not called consistent when it can be asked no more', async ({ lab, writer }) => {
    await makeInspector(writer)
    await lab.logInAs({ user: 'inspector' })
    await lab.freeze('freeze')
    const waiting = await writer.isKeptWaiting()
    const holder = (await lab.frozen())?.connection
    const observer = (await writer.sessionsOf('inspector')).find(({ id }) => id !== holder)
    await writer.ask(`KILL ${observer?.id}`)
    assert.ok(await waiting.stillWaits())
    const line =
      /whether the snapshot is consistent is unknown: metadata_locks could not be asked whether the lock is still there;/
    failsWith('verdict-unknown', await lab.thaw('thaw'), line)
    await waiting.written
  })
})

/** An account that may also look into performance_schema. */
async function makeInspector(writer: Writer): Promise<void> {
  const grant = "GRANT SELECT ON performance_schema.* TO 'inspector'@'localhost'"
  for (const statement of [...accountWith({ user: 'inspector' }), grant]) await writer.ask(statement)
}

/** What the check of the newest run says. */
async function lockSeen(lab: Lab): Promise<string | undefined> {
  await lab.freeze('freeze')
  await lab.thaw('thaw')
  const line = (await lab.log()).findLast(({ msg }) => msg.startsWith('run '))
  return /"name":"lock seen by the server","result":"([a-z-]+)"/.exec(JSON.stringify(line?.['checks']))?.[1]
}
