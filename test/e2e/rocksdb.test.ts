import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { startServer } from '../servers/start.ts'
import { failsWith, succeeds } from '../support/expect.ts'
import { fileCopy } from '../support/file-copy.ts'
import { guestOn, type Scene } from '../support/guest.ts'

const rows = 500
const mayFlush = ["GRANT SUPER ON *.* TO 'quiesce'@'localhost'"]

for (const atCommit of [0, 1, 2])
  for (const [account, grants, how] of [
    ['an account with the documented grants', [], 'waited'],
    ['an account with SUPER', mayFlush, 'flushed'],
  ] as const)
    describe(`RocksDB with rocksdb_flush_log_at_trx_commit ${atCommit}, and ${account}:`, () => {
      const options = ['--plugin-load-add=ha_rocksdb', `--rocksdb-flush-log-at-trx-commit=${atCommit}`]
      const { scenario } = guestOn('mariadb-10.11', { engines: true, options, grants })

      scenario('what is consistent has every row that was acknowledged before the lock', async (scene) => {
        const { lab } = scene
        await commit(scene)
        succeeds(await lab.freeze('freeze'), /^frozen at /)
        const proof = (await lab.frozen())?.engines.ownLog
        assert.equal(proof?.how, atCommit === 1 ? 'every commit' : how)
        await using copy = await fileCopy(scene.server)
        succeeds(await lab.thaw('thaw'), /is consistent$/m)
        assert.equal(await rowsIn(copy.path, options), String(rows))
      })
    })

/** One statement, one commit each. */
async function commit({ writer, server }: Scene): Promise<void> {
  await writer.ask('CREATE TABLE shop.events (id INT PRIMARY KEY) ENGINE=RocksDB')
  const statements = Array.from({ length: rows }, (_, id) => `INSERT INTO shop.events VALUES (${id});`)
  await server.client(statements.join('\n'))
}

async function rowsIn(dir: string, options: readonly string[]): Promise<string> {
  await using booted = await startServer({ name: 'mariadb-10.11', engines: true, dir, options })
  return await booted.client('SELECT COUNT(*) FROM shop.events')
}

describe('RocksDB under backup-stage:', () => {
  const options = ['--plugin-load-add=ha_rocksdb', '--rocksdb-flush-log-at-trx-commit=0']
  const { scenario } = guestOn('mariadb-10.11', { engines: true, options })

  scenario('what is consistent has every row that was acknowledged before the lock', async (scene) => {
    const { lab, server } = scene
    await lab.settle({ lock: 'backup-stage' })
    await commit(scene)
    succeeds(await lab.freeze('freeze'), /^frozen at /)
    await using copy = await fileCopy(server)
    succeeds(await lab.thaw('thaw'), /is consistent$/m)
    assert.equal(await rowsIn(copy.path, options), String(rows))
  })
})

describe('RocksDB with rocksdb_flush_log_at_trx_commit 2, and too little time for its own flush:', () => {
  const options = ['--plugin-load-add=ha_rocksdb', '--rocksdb-flush-log-at-trx-commit=2']
  const { scenario } = guestOn('mariadb-10.11', { engines: true, options })

  scenario('the verdict is unknown', async (scene) => {
    const { lab } = scene
    await lab.settle({ 'flush-within': '500ms' })
    await commit(scene)
    succeeds(await lab.freeze('freeze'), /^frozen at /)
    const line = /ROCKSDB: its log is in memory: Rocksdb_wal_synced went from \d+ to \d+ under the lock/
    failsWith('verdict-unknown', await lab.thaw('thaw'), line)
  })
})
