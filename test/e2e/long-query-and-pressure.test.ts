import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { blockers } from '../support/blockers.ts'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn, type Scene } from '../support/guest.ts'
import type { Occupation } from '../support/writer.ts'

for (const [name, mayKill, privilege] of [
  ['mysql-5.6', 'SUPER', 'SUPER'],
  ['mysql-5.7', 'SUPER', 'SUPER'],
  // who has SYSTEM_USER, as root has, is ended only by who has it, too
  ['mysql-9.7', 'CONNECTION_ADMIN, SYSTEM_USER', 'CONNECTION_ADMIN'],
] as const) {
  describe(`${name}, where the lock waits for readers,`, () => {
    const grants = [
      "CREATE USER 'killer'@'localhost' IDENTIFIED BY 'killer'",
      `GRANT RELOAD, PROCESS, REPLICATION CLIENT, ${mayKill} ON *.* TO 'killer'@'localhost'`,
    ]
    const { scenario } = guestOn(name, { grants })
    const killing = ['freeze', '--quiet-query=0s', '--on-long-query=kill']

    scenario('fails at once with on-long-query = fail, and names the offender', async (scene) => {
      await using blocking = await blockers['a 60 s SELECT'](scene)
      const result = await scene.lab.freeze('freeze', '--quiet-query=0s', '--on-long-query=fail')
      const line = new RegExp(
        `^not frozen: the lock was not tried, it would wait for statement ${blocking.id} of root@localhost, running for \\d+m?s: SELECT SLEEP`,
      )
      failsWith('no-quiet-moment', result, line)
      await scene.writer.writesAtOnce()
    })

    scenario('ends a long SELECT with on-long-query = kill, and logs it', async (scene) => {
      const { lab } = scene
      await lab.logInAs({ user: 'killer', password: 'killer' })
      await using blocking = await blockers['a 60 s SELECT'](scene)
      succeeds(await lab.freeze(...killing), /^frozen at /)
      succeeds(await lab.thaw('thaw'), /is consistent$/m)
      const said = (await lab.log()).filter(({ msg }) =>
        msg.startsWith(
          `ended by KILL QUERY, as on-long-query is kill: statement ${blocking.id} of root@localhost`,
        ),
      )
      assert.equal(said.length, 1)
    })

    scenario('ends nothing that writes', async (scene) => {
      const { lab, writer } = scene
      await lab.logInAs({ user: 'killer', password: 'killer' })
      await using blocking = await blockers['a 60 s UPDATE'](scene)
      const result = await lab.freeze(...killing, '--freeze-within=8s')
      failsWith(
        'no-quiet-moment',
        result,
        new RegExp(`it would wait for statement ${blocking.id} of root@localhost`),
      )
      const sessions = await writer.sessionsOf('root')
      assert.ok(sessions.some(({ id, text }) => id === blocking.id && text === blocking.text))
    })

    scenario('names the privilege that KILL QUERY needs where it is missing', async (scene) => {
      await using _blocking = await blockers['a 60 s SELECT'](scene)
      const result = await scene.lab.freeze(...killing)
      failsWith(
        'privilege-missing',
        result,
        new RegExp(`^not frozen: KILL QUERY \\d+ was refused: ${privilege} is missing`),
      )
    })
  })
}

describe('near max_connections', () => {
  const { scenario } = guestOn('mariadb-10.11', { options: ['--max-connections=30'] })
  const half = '--max-connections-used=50%'

  scenario('no lock is asked for, and the line says how many connections are in use', async (scene) => {
    await using _crowd = await crowd(scene)
    failsWith(
      'pressure',
      await scene.lab.freeze('freeze', half),
      /^not frozen: the lock was not tried: with its session \d+ of 30 connections are in use, and max-connections-used is 50%;/,
    )
  })

  scenario('a lock that is held is given up, and the verdict is no for that reason', async (scene) => {
    const { lab, writer } = scene
    succeeds(await lab.freeze('freeze', half), /^frozen at /)
    await using _crowd = await crowd(scene)
    await lab.holdWhen('it is given up', ({ ended }) => ended?.ending === 'pressure')
    await writer.writesAtOnce()
    const line =
      /not consistent: given up under pressure after .* s, before the snapshot was over: \d+ of 30 connections/
    failsWith('not-consistent', await lab.thaw('thaw'), line)
  })
})

/** Half of all connections. */
async function crowd({ writer }: Scene): Promise<AsyncDisposable> {
  const sessions: Occupation[] = []
  while (sessions.length < 15) sessions.push(await writer.occupies('DO 1'))
  return {
    async [Symbol.asyncDispose]() {
      for (const session of sessions) await session[Symbol.asyncDispose]()
    },
  }
}
