import { describe } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { account, accountWith } from '../support/accounts.ts'
import { crowdAt } from '../support/crowd.ts'
import { failsWith, succeeds } from '../support/expect.ts'
import { freePort } from '../support/free-port.ts'
import { guestOn } from '../support/guest.ts'
import { until } from '../support/until.ts'

const insert = 'INSERT INTO shop.orders () VALUES ()'

for (const name of ['mariadb-10.11', 'mariadb-11.8'] as const) {
  const [port, extraPort] = [await freePort(), await freePort()]
  const pool = ['--thread-handling=pool-of-threads', '--thread-pool-size=2', '--thread-pool-max-threads=12']
  const options = [
    ...pool,
    '--max-connections=200',
    `--extra-port=${extraPort}`,
    '--extra-max-connections=10',
  ]
  const grants = accountWith({ user: account.user, from: '127.0.0.1' })

  describe(`${name} with a thread pool that waiting writers could fill`, () => {
    const { scenario } = guestOn(name, { options, port, grants })

    scenario('is not locked: UNLOCK would find no thread', async ({ lab, writer, server }) => {
      using crowd = crowdAt(server.socket, { clients: 24, statement: null })
      await until('all have logged in', () => crowd.seen.loggedIn === 24)
      const result = await lab.freeze('freeze')
      const line = new RegExp(
        `^not frozen: the lock was not tried: \\d+ connections .* 12 threads .*extra_port is ${extraPort}`,
      )
      failsWith('thread-pool', result, line)
      await writer.writesAtOnce()
    })

    scenario('is locked and let go by extra_port, which has a thread of its own', async (scene) => {
      const { lab, server } = scene
      await lab.settle({ 'admin-port': String(extraPort) })
      using crowd = crowdAt(server.socket, { clients: 24, statement: null })
      await until('all have logged in', () => crowd.seen.loggedIn === 24)
      succeeds(await lab.freeze('freeze'), /^frozen at /)
      using writers = crowdAt(server.socket, { clients: 24, statement: insert })
      await until('the pool is full', async () => writers.seen.loggedIn > 0)
      succeeds(await lab.thaw('thaw'), /is consistent$/m)
      await until('all have written', () => writers.seen.written === 24)
    })

    scenario(
      'that shrinks while it is locked: the thaw says that it may be locked, and by which session',
      async (scene) => {
        const { lab, writer, server } = scene
        await writer.ask('SET GLOBAL thread_pool_max_threads = 500')
        succeeds(await lab.freeze('freeze'), /^frozen at /)
        await writer.ask('SET GLOBAL thread_pool_max_threads = 12')
        const connection = (await lab.frozen())?.connection
        using writers = crowdAt(server.socket, { clients: 24, statement: insert })
        await until('the pool is full', () => writers.seen.loggedIn >= 9)
        const line = new RegExp(
          `^not thawed: the database may still be locked by connection ${connection}, which .*: SET GLOBAL thread_pool_max_threads = 206; KILL ${connection};`,
        )
        try {
          failsWith('may-be-locked', await lab.thaw('thaw'), line)
        } finally {
          const admin = await createConnection({ host: '127.0.0.1', port: extraPort, user: 'root' })
          await admin.query('SET GLOBAL thread_pool_max_threads = 206')
          await until('all have written', () => writers.seen.written === 24)
          await admin.query('SET GLOBAL thread_pool_max_threads = 12')
          await admin.end()
        }
      },
    )
  })
}
