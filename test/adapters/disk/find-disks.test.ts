import assert from 'node:assert/strict'
import { createServer, type Server as Listener, createConnection } from 'node:net'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { dir as temporaryDir } from 'tmp-promise'
import { databaseAt } from '../../../src/adapters/database.ts'
import { findDisks } from '../../../src/adapters/disk/find-disks.ts'
import { filesElsewhere } from '../../../src/adapters/disk/files-elsewhere.ts'
import { ourView } from '../../../src/adapters/disk/mount-view.ts'
import type { Connection, Transport } from '../../../src/core/connection.ts'
import type { ServerPlace } from '../../../src/core/world.ts'
import type { ServerName } from '../../servers/catalog.ts'
import { type Server, startServer } from '../../servers/start.ts'
import { account, accountWith } from '../../support/accounts.ts'
import { freePort } from '../../support/free-port.ts'

for (const name of ['mariadb-10.11', 'mysql-5.7', 'mysql-9.7'] as const satisfies readonly ServerName[]) {
  describe(`the disks of ${name}`, () => {
    let server: Server
    let folder: Awaited<ReturnType<typeof temporaryDir>>
    let port: number

    before(async () => {
      folder = await temporaryDir({ unsafeCleanup: true })
      port = await freePort()
      server = await startServer({ name, dir: join(folder.path, 'data'), port })
      for (const from of ['localhost', '127.0.0.1'])
        for (const statement of accountWith({ ...account, from })) await server.client(statement)
    })
    after(async () => {
      await server.stop()
      await folder.cleanup()
    })

    test('are found through the process that listens at the socket', async () => {
      const { fileSystems, doubts, binaryLogSize } = await findIn({ kind: 'socket', path: server.socket })
      assert.deepEqual([fileSystems.length, doubts], [1, []])
      const coordinates = await position()
      assert.equal(await binaryLogSize(coordinates.file), coordinates.position)
      assert.equal(await binaryLogSize('binlog.999999'), null)
    })

    test('are found so where it has no binary log', async () => {
      const { fileSystems, doubts } = await findIn(
        { kind: 'socket', path: server.socket },
        { coordinates: async () => null },
      )
      assert.deepEqual([fileSystems.length, doubts], [1, []])
    })

    test('are found where it is reached by TCP on this machine', async () => {
      const { fileSystems, doubts } = await findIn({ kind: 'tcp', host: '127.0.0.1', port })
      assert.deepEqual([fileSystems.length, doubts], [1, []])
    })

    test('are found behind a proxy, by the size of the binary log', async () => {
      await using proxy = await proxyTo(port)
      const { fileSystems, doubts } = await findIn({ kind: 'tcp', host: '127.0.0.1', port: proxy.port })
      assert.deepEqual([fileSystems.length, doubts], [1, []])
    })

    test('are not those of another server that has the same path here', async () => {
      const { fileSystems, doubts } = await findIn(
        { kind: 'tcp', host: '203.0.113.5', port },
        { coordinates: async () => ({ file: 'binlog.000001', position: 99_999_999, gtid: '' }) },
      )
      assert.deepEqual(fileSystems, [])
      assert.match(doubts.join(), /^the data directory \/.* is not on this machine, or is not seen from here/)
    })

    test('are not known of a server elsewhere that has no binary log', async () => {
      const { fileSystems } = await findIn(
        { kind: 'tcp', host: '203.0.113.5', port },
        { coordinates: async () => null },
      )
      assert.deepEqual(fileSystems, [])
    })

    async function findIn(transport: Transport, changes: Partial<ServerPlace> = {}) {
      await using observer = await databaseAt(() =>
        connectionBy({ kind: 'socket', path: server.socket }),
      ).observe()
      const paths = await observer.paths()
      const coordinates = () => observer.coordinates()
      return await findDisks({ paths, where: 'there', transport, coordinates, ...changes })
    }

    async function position() {
      await using observer = await databaseAt(() =>
        connectionBy({ kind: 'socket', path: server.socket }),
      ).observe()
      const coordinates = await observer.coordinates()
      assert.ok(coordinates)
      return coordinates
    }
  })
}

test('a data directory leads to where its links lead, two levels down, and where an .isl file says', async () => {
  const { path: root, cleanup } = await temporaryDir({ unsafeCleanup: true })
  try {
    const dataDir = join(root, 'data')
    for (const made of ['data/shop', 'elsewhere/whole', 'elsewhere/tables', 'elsewhere/inno/shop'])
      await mkdir(join(root, made), { recursive: true })
    await symlink('../elsewhere/whole', join(dataDir, 'whole'))
    await symlink(join(root, 'elsewhere/tables/t.MYD'), join(dataDir, 'shop/t.MYD'))
    await writeFile(join(dataDir, 'shop/i.isl'), `${join(root, 'elsewhere/inno/shop/i.ibd')}\n`)
    await writeFile(join(dataDir, 'ibdata1'), '')
    const found = await filesElsewhere(await ourView(), dataDir)
    assert.deepEqual(found.toSorted(), [
      join(root, 'data/shop'),
      join(root, 'data/whole'),
      join(root, 'elsewhere/inno/shop/i.ibd'),
      join(root, 'elsewhere/tables/t.MYD'),
      join(root, 'elsewhere/whole'),
    ])
  } finally {
    await rm(root, { recursive: true, force: true })
    await cleanup().catch(() => {})
  }
})

function connectionBy(transport: Transport): Connection {
  return { ...account, connectTimeout: 5000, transport, tls: { mode: 'DISABLED' } }
}

/** What listens is not the server. */
async function proxyTo(port: number) {
  const listener: Listener = createServer((client) => {
    const server = createConnection(port, '127.0.0.1')
    client.pipe(server).pipe(client)
    client.on('error', () => server.destroy())
    server.on('error', () => client.destroy())
  }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  assert.ok(typeof address === 'object' && address !== null)
  return {
    port: address.port,
    async [Symbol.asyncDispose]() {
      listener.close()
    },
  }
}
