import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn, type Scene } from '../support/guest.ts'
import { inTheWay } from '../support/moments.ts'
import { until } from '../support/until.ts'
import type { Writer } from '../support/writer.ts'

/** Of a table that nobody else uses: on MySQL a lock that failed behind it keeps that one table shut. */
const longSelect = 'SELECT SLEEP(1000) FROM shop.archive'

for (const name of ['mysql-5.7', 'mysql-9.7'] as const) {
  describe(`${name}, where the lock waits for readers,`, () => {
    const { scenario } = guestOn(name)

    scenario('waits for a long SELECT without asking for the lock, and names it', async (scene) => {
      const { lab, writer } = scene
      await using reader = await reading(scene)
      const freeze = lab.start('pre-freeze-script', ['freeze', '--quiet-query=0s', '--freeze-within=3s'])
      const doing = new RegExp(
        String.raw`^waiting for a quiet moment: statement ${reader.id} of root@localhost, running for \d+m?s: SELECT SLEEP`,
      )
      await lab.holdWhen('it waits', (hold) => doing.test(hold.doing))
      await writer.writesAtOnce()
      const line = new RegExp(
        `^not frozen: the lock was not tried, it would wait for statement ${reader.id} of root@localhost`,
      )
      failsWith('no-quiet-moment', await freeze.ended, line)
      assert.deepEqual(await flushes(scene), [])
      await writer.writesAtOnce()
      await writer.ask('SELECT * FROM shop.archive')
    })

    scenario('is frozen as soon as the long SELECT has ended', async (scene) => {
      const { lab } = scene
      await using reader = await reading(scene)
      const freeze = lab.start('pre-freeze-script', ['freeze', '--quiet-query=0s'])
      await lab.holdWhen('it waits', ({ doing }) => doing.startsWith('waiting for a quiet moment'))
      await reader[Symbol.asyncDispose]()
      succeeds(await freeze.ended, /^frozen at /)
      assert.equal((await lab.hold())?.frozen?.attempts, 1)
      succeeds(await lab.thaw('thaw'), /is consistent$/m)
    })

    scenario(
      'keeps no lock that it was refused behind a SELECT which began after the quiet moment',
      async (scene) => {
        const { lab, writer } = scene
        await using reader = await reading(scene)
        const result = await lab.freeze('freeze', '--quiet-query=1h', '--freeze-within=3s')
        failsWith(
          'lock-not-granted',
          result,
          new RegExp(`^not frozen: .*, behind statement ${reader.id} of root@localhost`),
        )
        await writer.writesAtOnce()
        await writer.readsAtOnce()
        assert.deepEqual(await writer.sessionsOf('quiesce'), [])
      },
    )

    scenario('lets writers go on between two attempts', async (scene) => {
      const { lab, writer } = scene
      await using reader = await reading(scene)
      const freeze = lab.start('pre-freeze-script', ['freeze', '--quiet-query=1h'])
      await lab.holdWhen('an attempt has failed', ({ doing }) => doing.includes('behind statement'))
      await writer.writesAtOnce()
      await reader[Symbol.asyncDispose]()
      succeeds(await freeze.ended, /^frozen at /)
      assert.ok((await lab.hold())!.frozen!.attempts > 1)
      succeeds(await lab.thaw('thaw'), /is consistent$/m)
    })

    waitsForWriters(scenario)
  })
}

describe('mariadb-10.11, where the lock does not wait for readers,', () => {
  const { scenario } = guestOn('mariadb-10.11')

  scenario('is frozen at once beside a long SELECT', async (scene) => {
    const { lab } = scene
    await using _reader = await reading(scene)
    succeeds(await lab.freeze('freeze', '--quiet-query=0s'), /^frozen at /)
    assert.equal((await lab.hold())?.frozen?.attempts, 1)
    succeeds(await lab.thaw('thaw'), /is consistent$/m)
  })

  waitsForWriters(scenario)
})

function waitsForWriters(scenario: ReturnType<typeof guestOn>['scenario']): void {
  scenario(
    'waits for a long statement that writes without asking for the lock, and names it',
    async ({ lab, writer }) => {
      await using long = await writer.occupies(
        'INSERT INTO shop.orders SELECT NULL FROM (SELECT SLEEP(1000)) AS slowly',
      )
      const result = await lab.freeze('freeze', '--quiet-query=0s', '--freeze-within=3s')
      const line = new RegExp(
        `^not frozen: the lock was not tried, it would wait for statement ${long.id} of root@localhost`,
      )
      failsWith('no-quiet-moment', result, line)
      assert.deepEqual(await lab.files(), [])
    },
  )

  scenario(
    'waits for an event that writes without asking for the lock, and names it',
    async ({ lab, writer }) => {
      await using event = await eventRunning(writer, 'INSERT INTO shop.orders SELECT SLEEP(1000)')
      const result = await lab.freeze('freeze', '--quiet-query=0s', '--freeze-within=3s')
      const line = new RegExp(
        `^not frozen: the lock was not tried, it would wait for statement ${event.id} of `,
      )
      failsWith('no-quiet-moment', result, line)
      assert.deepEqual(await lab.files(), [])
    },
  )

  scenario(
    'is refused the lock while a session has LOCK TABLES ... WRITE, and leaves nothing',
    async ({ lab, writer }) => {
      await using _blocker = await inTheWay(writer)
      const result = await lab.freeze('freeze', '--freeze-within=3s')
      failsWith(
        'lock-not-granted',
        result,
        /^not frozen: (no lock within|FLUSH TABLES WITH READ LOCK failed)/,
      )
      assert.deepEqual(await writer.sessionsOf('quiesce'), [])
    },
  )

  scenario('is frozen as soon as LOCK TABLES ... WRITE has ended', async ({ lab, writer }) => {
    await using blocker = await inTheWay(writer)
    const freeze = lab.start('pre-freeze-script', ['freeze'])
    await lab.holdWhen('it waits', ({ doing }) => doing.startsWith('waiting for the lock'))
    await blocker[Symbol.asyncDispose]()
    succeeds(await freeze.ended, /^frozen at /)
    succeeds(await lab.thaw('thaw'), /is consistent$/m)
  })
}

/** An event that is at this statement until it is disposed of. */
async function eventRunning(
  writer: Writer,
  statement: string,
): Promise<AsyncDisposable & { readonly id: number }> {
  await writer.ask('SET GLOBAL event_scheduler = ON')
  await writer.ask(`CREATE EVENT shop.nightly ON SCHEDULE AT CURRENT_TIMESTAMP DO ${statement}`)
  const sessions = async () => await writer.ask('SHOW FULL PROCESSLIST')
  const { Id: id } = await until('the event runs', async () =>
    (await sessions()).find(({ Info }) => Info === statement),
  )
  return {
    id: Number(id),
    async [Symbol.asyncDispose]() {
      await writer.ask(`KILL ${id}`)
      await until('it has ended', async () => !(await sessions()).some(({ Id }) => Id === id))
      await writer.ask('SET GLOBAL event_scheduler = OFF')
    },
  }
}

async function reading({ writer }: Scene) {
  await writer.ask('CREATE TABLE IF NOT EXISTS shop.archive (id INT)')
  await writer.ask('INSERT INTO shop.archive VALUES (1)')
  return await writer.occupies(longSelect)
}

/** Sessions that wait for a table to be flushed, or for the lock: nobody does, where none was asked for. */
async function flushes({ writer }: Scene) {
  const sessions = await writer.sessionsOf('root')
  return sessions.filter(({ state }) => /waiting for/i.test(state))
}
