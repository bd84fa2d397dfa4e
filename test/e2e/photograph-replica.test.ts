import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import type { RowDataPacket } from 'mysql2/promise'
import type { ServerName } from '../servers/catalog.ts'
import { type Server, startServer } from '../servers/start.ts'
import { tool } from '../servers/tool.ts'
import { account, accountWith, privileges } from '../support/accounts.ts'
import { succeeds } from '../support/expect.ts'
import { freePort } from '../support/free-port.ts'
import { openLab } from '../support/lab.ts'
import type { Disk } from '../support/photograph/disk.ts'
import { forgetTheProcess } from '../support/photograph/forget-process.ts'
import { withOwnMounts } from '../support/photograph/own-mounts.ts'
import { openStudio } from '../support/photograph/studio.ts'
import {
  catchesUp,
  contents,
  endOf,
  follow,
  load,
  loadTables,
  replicaStatus,
  writeLocally,
} from '../support/replication.ts'
import { until } from '../support/until.ts'

const timeout = 120_000

/** Where a replica by position has got to is in relay-log.info, a file that these servers sync once in 10000 transactions. */
const servers = ['mysql-5.6', 'mysql-5.7', 'mariadb-10.11'] as const

await withOwnMounts('a photograph of a replica by position goes on where its record says', () => {
  for (const name of servers)
    test(
      `${name}, a replica by position: a photograph goes on where the record says, and applies nothing twice`,
      {
        timeout,
      },
      () => playReplica(name),
    )
})

async function playReplica(name: ServerName): Promise<void> {
  await using studio = await openStudio()
  await using disk = await studio.disk('replica')
  await using sourceDisk = await studio.disk('source')
  await using source = await startServer({
    name,
    dir: join(sourceDisk.place, 'data'),
    port: await freePort(),
    options: optionsOf(name),
  })
  await source.client(`CREATE USER repl IDENTIFIED BY 'replicates'; GRANT REPLICATION SLAVE ON *.* TO repl`)
  await using replica = await replicaOn(name, disk)
  await writeLocally(replica, accountOf(name))
  await follow(replica, source, await endOf(source))
  await source.client(loadTables.join(';\n'))
  await catchesUp(replica, source)
  // what is lost without a sync is to be what was applied lately
  await tool('sync', ['-f', disk.place])
  const { image, stood } = await photographUnderLoad(source, replica, disk)

  await using copy = await image.mount()
  await forgetTheProcess(join(copy.place, 'data'))
  await replica.stop()
  await using restored = await replicaOn(name, copy)
  assert.deepEqual(placeOf(await replicaStatus(restored)), stood)
  await restored.client('START SLAVE')
  await catchesUp(restored, source)
  assert.equal(await contents(restored), await contents(source))
}

/** Since 10.5 a MariaDB tells of its replication to who has this. */
function accountOf(name: ServerName): readonly string[] {
  const more = name.startsWith('mariadb') ? ['REPLICA MONITOR'] : []
  return accountWith({ ...account, granted: [...privileges, ...more] })
}

function optionsOf(name: ServerName): readonly string[] {
  const withoutGtid = ['--gtid-mode=OFF', '--enforce-gtid-consistency=OFF']
  return name.startsWith('mariadb') ? [] : withoutGtid
}

async function replicaOn(name: ServerName, disk: Disk): Promise<Server> {
  // the relay log goes on under the lock, and may be cut in the copy: it is fetched anew from where relay-log.info says
  const ours = ['--skip-slave-start', '--relay-log=relay', '--relay-log-recovery=ON', '--log-slave-updates']
  const options = [...optionsOf(name), ...ours]
  return await startServer({ name, dir: join(disk.place, 'data'), port: await freePort(), options })
}

async function photographUnderLoad(source: Server, replica: Server, disk: Disk) {
  await using lab = await openLab(replica.socket)
  await lab.settle({ 'record-dir': join(disk.place, 'record') })
  await using _load = await load(source)
  const before = placeOf(await replicaStatus(replica))
  await until(
    'the replica applies',
    async () => placeOf(await replicaStatus(replica)).position !== before.position,
  )
  succeeds(await lab.freeze('freeze'), /^frozen at /)
  const image = await disk.copy('copy')
  const stood = placeOf(await replicaStatus(replica))
  const recorded = (await lab.frozen())?.replica
  succeeds(await lab.thaw('thaw'), /the snapshot is consistent$/m)
  assert.ok(JSON.stringify(recorded).includes(`${stood.position}`), JSON.stringify({ recorded, stood }))
  return { image, stood }
}

/** What it has applied of its source. */
function placeOf(status: RowDataPacket) {
  return { file: String(status['Relay_Master_Log_File']), position: Number(status['Exec_Master_Log_Pos']) }
}
