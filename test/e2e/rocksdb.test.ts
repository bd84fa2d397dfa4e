import assert from 'node:assert/strict'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'node:test'
import { dir as temporaryDir } from 'tmp-promise'
import { startServer } from '../servers/start.ts'
import { succeeds } from '../support/expect.ts'
import { guestOn, type Scene } from '../support/guest.ts'

const rows = 500
const mayFlush = ["GRANT SUPER ON *.* TO 'quiesce'@'localhost'"]

for (const atCommit of [0, 1, 2])
  for (const [account, grants] of [
    ['an account with the documented grants', []],
    ['an account with SUPER', mayFlush],
  ] as const)
    describe(`RocksDB with rocksdb_flush_log_at_trx_commit ${atCommit}, and ${account}:`, () => {
      const options = ['--plugin-load-add=ha_rocksdb', `--rocksdb-flush-log-at-trx-commit=${atCommit}`]
      const { scenario } = guestOn('mariadb-10.11', { engines: true, options, grants })

      scenario('what is consistent has every row that was acknowledged before the lock', async (scene) => {
        const { lab } = scene
        await commit(scene)
        succeeds(await lab.freeze('freeze'), /^frozen at /)
        await using copy = await photograph(scene)
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

/** What the server has written to its files by now, as the end of the machine would leave it. */
async function photograph({ server }: Scene) {
  const folder = await temporaryDir({ unsafeCleanup: true })
  const path = join(folder.path, 'data')
  await cp(server.dataDir, path, { recursive: true, filter: (file) => file !== server.socket })
  return { path, [Symbol.asyncDispose]: () => folder.cleanup() }
}

async function rowsIn(dir: string, options: readonly string[]): Promise<string> {
  await using booted = await startServer({ name: 'mariadb-10.11', engines: true, dir, options })
  return await booted.client('SELECT COUNT(*) FROM shop.events')
}
