import assert from 'node:assert/strict'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { isReplicaChannel, type ReplicaChannel } from '../../src/core/replica.ts'
import { takeSnapshot } from '../demo/snapshot.ts'
import type { ServerName } from '../servers/catalog.ts'
import type { Server } from '../servers/start.ts'
import { account, accountWith, privileges } from '../support/accounts.ts'
import { failsWith, succeeds } from '../support/expect.ts'
import { forgetTheProcess } from '../support/photograph/forget-process.ts'
import { type Lab, openLab } from '../support/lab.ts'
import {
  type By,
  catchesUp,
  contents,
  follow,
  type From,
  load,
  loadTables,
  type Pair,
  replicaStatus,
  startPair,
  writeLocally,
} from '../support/replication.ts'
import { until } from '../support/until.ts'

/** What a replica needs beyond the documented minimum: to be asked, and to be stopped. */
const grants: Readonly<
  Record<string, { readonly see: readonly string[]; readonly stop: string; readonly select: boolean }>
> = {
  'mysql-5.7': { see: [], stop: 'SUPER', select: false },
  'mysql-9.7': { see: [], stop: 'REPLICATION_SLAVE_ADMIN', select: true },
  'mariadb-10.11': { see: ['REPLICA MONITOR'], stop: 'REPLICATION SLAVE ADMIN', select: false },
}

const names = ['mysql-5.7', 'mysql-9.7', 'mariadb-10.11'] as const satisfies readonly ServerName[]

/** Milliseconds for one scenario: a snapshot, a further server, and what it has to catch up with. */
const timeout = 120_000

/** How each is frozen (flags, but for the blanks), and what is recorded exactly then. */
const both = ['GTID', 'position'] as const
const exactly: Readonly<Record<(typeof names)[number], Readonly<Record<string, readonly By[]>>>> = {
  // Its workers do not say where they are.
  'mysql-5.7': { 'replica = lock': ['GTID'], 'replica = stop-sql': both },
  'mysql-9.7': { 'replica = lock': both, 'replica = stop-sql': both },
  'mariadb-10.11': { 'replica = lock': both, 'replica = stop-sql': both, 'lock = backup-stage': [] },
}

for (const name of names)
  for (const by of ['GTID', 'position'] as const) {
    describe(`${name}, a replica by ${by} with parallel workers in commit order,`, () => {
      const pair = pairOf(name, by)

      for (const [how, exact] of Object.entries(exactly[name]))
        test(
          `under load and ${how}: a replica of its snapshot goes on where it is said to be`,
          { timeout },
          async () => {
            const { source, replica } = pair()
            const folder = join(pair().folder, `of-replica-${how.replaceAll(' ', '')}`)
            await using lab = await openLab(replica.socket)
            const channel = await whileLoaded(source, async () => {
              await isReplicating(replica)
              succeeds(await lab.freeze('freeze', `--${how.replaceAll(' ', '')}`), /^frozen at /)
              const recorded = await channelIn(lab)
              assert.equal(recorded.sqlThread, how === 'replica = stop-sql' ? 'stopped' : 'running')
              await takeSnapshot({ server: replica, disk: replica.dataDir, copy: folder })
              succeeds(await lab.thaw('thaw'), /the snapshot is consistent$/m)
              return recorded
            })
            assert.equal(channel.positionIs, exact.includes('position') ? 'exact' : 'not exact')
            assert.equal((await checkOf(lab)).result, exact.includes(by) ? 'yes' : 'not-applicable')
            assert.equal(channel.follows, by)
            await lab.isLeftClean()
            await catchesUp(replica, source)
            // The snapshot has its GTIDs in its own tables, whatever is recorded of them.
            if (by === 'GTID') await goesOn(folder, exact.includes('GTID') ? { gtid: channel.gtid } : 'GTID')
            else if (exact.includes('position')) await goesOn(folder, placeOf(channel))
          },
        )

      test(
        'under load on its source: a replica of the snapshot of the source goes on from binlog_info',
        { timeout },
        async () => {
          const { source } = pair()
          const folder = join(pair().folder, 'of-source')
          await using lab = await openLab(source.socket)
          await whileLoaded(source, async () => {
            succeeds(await lab.freeze('freeze'), /^frozen at /)
            await takeSnapshot({ server: source, disk: source.dataDir, copy: folder })
            succeeds(await lab.thaw('thaw'), /the snapshot is consistent$/m)
          })
          const [file = '', position, gtid = ''] = (
            await readFile(join(lab.recordDir, 'binlog_info'), 'utf8')
          )
            .trimEnd()
            .split('\t')
          assert.equal((await checkOf(lab)).result, 'not-applicable')
          await goesOn(folder, by === 'GTID' ? { gtid } : { file, position: Number(position) })
        },
      )

      if (by === 'position') describe('replica = stop-sql', () => stopSqlScenarios(name, pair))

      /** A server on this snapshot replicates from there without an error, until it has what the source has. */
      async function goesOn(folder: string, from: From): Promise<void> {
        const { source, startOn } = pair()
        await forgetTheProcess(folder)
        await rm(join(folder, 'auto.cnf'), { force: true })
        const copy = await startOn(folder)
        if (name !== 'mariadb-10.11' && from !== 'GTID' && 'gtid' in from)
          assert.equal((await copy.client('SELECT @@GLOBAL.gtid_executed')).replaceAll('\\n', ''), from.gtid)
        await follow(copy, source, from)
        await catchesUp(copy, source)
        assert.equal(await contents(copy), await contents(source))
        await copy.stop()
      }
    })
  }

function stopSqlScenarios(name: (typeof names)[number], pair: () => Pair): void {
  scenario('stops the SQL thread for the snapshot, and starts it after', async (lab) => {
    succeeds(await lab.freeze('freeze'), /^frozen at /)
    assert.equal(await sqlThread(), 'stopped')
    assert.deepEqual((await lab.frozen())?.stopped, [''])
    succeeds(await lab.thaw('thaw'), /the snapshot is consistent$/m)
    assert.equal(await sqlThread(), 'running')
    const said = (await lab.log()).map(({ msg }) => msg)
    for (const what of [
      'stopped the SQL thread of the default channel',
      'started the SQL thread of the default channel again',
    ])
      assert.ok(said.includes(what), said.join('\n'))
  })

  scenario('leaves one stopped that was stopped before', async (lab) => {
    await setSqlThread('STOP')
    succeeds(await lab.freeze('freeze'), /^frozen at /)
    succeeds(await lab.thaw('thaw'), /the snapshot is consistent$/m)
    assert.equal(await sqlThread(), 'stopped')
  })

  scenario('starts it where locktables is killed, at the thaw', async (lab) => {
    await isFrozenAndKilled(lab)
    assert.equal(await sqlThread(), 'stopped')
    failsWith('not-consistent', await lab.thaw('thaw'), /died with the lock/)
    assert.equal(await sqlThread(), 'running')
  })

  scenario('starts it where locktables is killed, after the next snapshot', async (lab) => {
    await isFrozenAndKilled(lab)
    succeeds(await lab.freeze('freeze'), /^frozen at /)
    assert.equal(await sqlThread(), 'stopped')
    succeeds(await lab.thaw('thaw'), /the snapshot is consistent$/m)
    assert.equal(await sqlThread(), 'running')
  })

  scenario('starts it before the next snapshot that only locks', async (lab) => {
    await isFrozenAndKilled(lab)
    succeeds(await lab.freeze('freeze', '--replica=lock'), /^frozen at /)
    assert.equal(await sqlThread(), 'running')
    succeeds(await lab.thaw('thaw'), /the snapshot is consistent$/m)
  })

  scenario('starts it where the freeze fails', async (lab) => {
    const connection = await createConnection({ socketPath: pair().replica.socket, user: 'root' })
    await connection.query('LOCK TABLES shop.orders WRITE')
    const frozen = await lab.freeze('freeze', '--freeze-within=3s', '--lock-wait=1s')
    connection.destroy()
    failsWith('lock-not-granted', frozen, /^not frozen: /)
    assert.equal(await sqlThread(), 'running')
  })

  scenario('says what is missing, and stops nothing', async (lab) => {
    await lab.logInAs({ user: 'minimal' })
    const { see, stop } = grants[name]!
    const [privilege = stop] = see
    const line = new RegExp(`GRANT ${privilege} ON \\*\\.\\* TO 'minimal'@'localhost'`)
    failsWith('privilege-missing', await lab.freeze('freeze'), line)
    assert.equal(await sqlThread(), 'running')
  })

  if (name !== 'mysql-9.7')
    scenario('waits for an open temporary table', async (lab) => {
      const session = await createConnection({ socketPath: pair().source.socket, user: 'root' })
      await session.query("SET SESSION binlog_format = 'STATEMENT'")
      await session.query('CREATE TEMPORARY TABLE shop.basket (id INT) ENGINE=InnoDB')
      await catchesUp(pair().replica, pair().source)
      const freezing = lab.start('pre-freeze-script', ['freeze'])
      await lab.holdWhen(
        'it waits',
        ({ doing }) => doing === 'waiting for 1 temporary table of the SQL threads to go',
      )
      assert.equal(await sqlThread(), 'running')
      await session.query('DROP TEMPORARY TABLE shop.basket')
      session.destroy()
      succeeds(await freezing.ended, /^frozen at /)
      assert.equal(await sqlThread(), 'stopped')
      succeeds(await lab.thaw('thaw'), /the snapshot is consistent$/m)
      assert.equal(await sqlThread(), 'running')
    })

  function scenario(title: string, play: (lab: Lab) => Promise<void>): void {
    test(title, { timeout }, async () => {
      await setSqlThread('START')
      await using lab = await openLab(pair().replica.socket)
      await lab.settle({ replica: 'stop-sql' })
      await play(lab)
      await lab.isLeftClean()
    })
  }

  async function isFrozenAndKilled(lab: Lab): Promise<void> {
    succeeds(await lab.freeze('freeze'), /^frozen at /)
    const { locker } = (await lab.hold())!
    process.kill(locker.pid, 'SIGKILL')
    await until('locktables is gone', async () => (await lab.processes()).length === 0)
  }

  async function sqlThread(): Promise<'running' | 'stopped'> {
    const status = await replicaStatus(pair().replica)
    const said = status['Replica_SQL_Running'] ?? status['Slave_SQL_Running']
    return said === 'Yes' ? 'running' : 'stopped'
  }

  async function setSqlThread(what: 'STOP' | 'START'): Promise<void> {
    await pair().replica.client(`${what} ${name === 'mysql-9.7' ? 'REPLICA' : 'SLAVE'} SQL_THREAD`)
  }
}

/** A pair for all scenarios of a `describe`, which replicates. */
function pairOf(name: ServerName, by: By): () => Pair {
  let pair: Pair
  before(async () => {
    pair = await startPair(name, by)
    const { see, stop, select } = grants[name]!
    const more = select ? [`GRANT SELECT ON mysql.slave_worker_info TO '${account.user}'@'localhost'`] : []
    const all = accountWith({ user: account.user, granted: [...privileges, ...see, stop] })
    const minimal = accountWith({ user: 'minimal' })
    for (const server of [pair.source, pair.replica])
      await writeLocally(server, [...all, ...more, ...minimal])
    await pair.source.client(loadTables.join(';'))
    await follow(pair.replica, pair.source, by === 'GTID' ? 'GTID' : { file: 'binlog.000001', position: 4 })
    await catchesUp(pair.replica, pair.source)
  })
  after(() => pair[Symbol.asyncDispose]())
  return () => pair
}

function placeOf({ file, position }: ReplicaChannel): From {
  return { file, position }
}

/** The work, while others write. */
async function whileLoaded<T>(source: Server, work: () => Promise<T>): Promise<T> {
  await using _writers = await load(source)
  return await work()
}

/** What others write arrives. */
async function isReplicating(replica: Server): Promise<void> {
  const rows = async () => Number(await replica.client('SELECT COUNT(*) FROM shop.orders'))
  const begun = await rows()
  await until('rows arrive', async () => (await rows()) > begun + 50)
}

/** The only channel of coordinates.json. */
async function channelIn(lab: Lab): Promise<ReplicaChannel> {
  const { servers } = JSON.parse(await readFile(join(lab.recordDir, 'coordinates.json'), 'utf8'))
  const [channel, ...others] = servers[0].replica
  assert.deepEqual(others, [])
  assert.ok(isReplicaChannel(channel))
  return channel
}

interface Check {
  readonly name: string
  readonly result: string
}

async function checkOf(lab: Lab): Promise<Check> {
  const run = (await lab.log()).find(({ msg }) => msg.startsWith('run '))
  const checks = run?.['checks']
  assert.ok(Array.isArray(checks))
  return checks.find((check: Check) => check.name === 'replica position equal')
}
