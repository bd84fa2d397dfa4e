import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { accountWith } from '../support/accounts.ts'
import { resting } from '../support/blockers.ts'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn } from '../support/guest.ts'
import { allGrants, showingLocks } from '../support/locks.ts'

const howToSee = {
  'mysql-5.6': /this server cannot show who has locks/,
  'mysql-5.7': /GRANT SELECT ON performance_schema\.\* TO 'quiesce'@'localhost' .*setup_instruments/,
  'mysql-9.7': /GRANT SELECT ON performance_schema\.\* TO 'quiesce'@'localhost'/,
  'mariadb-10.11': /INSTALL SONAME 'metadata_lock_info'/,
  'mariadb-11.8': /INSTALL SONAME 'metadata_lock_info'/,
} as const

const holding = {
  'LOCK TABLES ... READ': ['LOCK TABLES shop.archive READ'],
  HANDLER: ['HANDLER shop.archive OPEN AS h', 'HANDLER h READ FIRST'],
} as const

for (const server of ['mysql-5.7', 'mysql-9.7'] as const)
  describe(`${server}, where the account sees locks,`, () => {
    const { scenario } = guestOn(server, { options: showingLocks(server), grants: allGrants(server) })

    for (const [by, statements] of Object.entries(holding)) {
      scenario(`asks for no lock while a session rests with ${by}, and names it`, async (scene) => {
        await using holder = await resting(scene, ...statements)
        const { lab, writer } = scene
        const result = await lab.freeze('freeze', '--quiet-query=0s', '--freeze-within=3s')
        failsWith('no-quiet-moment', result, new RegExp(resters(holder.id, by)))
        await writer.ask('SELECT * FROM shop.archive')
      })

      scenario(`is frozen as soon as a session with ${by} has ended`, async (scene) => {
        await using holder = await resting(scene, ...statements)
        const { lab } = scene
        const freeze = lab.start('pre-freeze-script', ['freeze', '--quiet-query=0s'])
        await lab.holdWhen('it waits', ({ doing }) => doing.startsWith('waiting for a quiet moment: session'))
        await holder[Symbol.asyncDispose]()
        succeeds(await freeze.ended, /^frozen at /)
        succeeds(await lab.thaw('thaw'), /is consistent$/m)
      })

      scenario(`fails at once beside ${by} where on-long-query is fail`, async (scene) => {
        await using holder = await resting(scene, ...statements)
        const result = await scene.lab.freeze('freeze', '--quiet-query=0s', '--on-long-query=fail')
        failsWith('no-quiet-moment', result, new RegExp(resters(holder.id, by)))
      })
    }

    scenario('is frozen beside an open transaction that has read and written', async (scene) => {
      await using _open = await resting(scene, 'BEGIN', 'INSERT INTO shop.archive VALUES (2)')
      succeeds(await scene.lab.freeze('freeze', '--quiet-query=0s'), /^frozen at /)
      succeeds(await scene.lab.thaw('thaw'), /is consistent$/m)
    })
  })

for (const server of ['mysql-5.6', 'mysql-5.7', 'mysql-9.7'] as const)
  describe(`${server}, with the documented privileges alone,`, () => {
    const { scenario } = guestOn(server)

    for (const [by, statements] of Object.entries(holding))
      scenario(
        `makes one attempt behind ${by}, and says what stays shut and how to see who`,
        async (scene) => {
          await using _holder = await resting(scene, ...statements)
          const { lab, writer } = scene
          const result = await lab.freeze('freeze', '--lock-wait=1s', '--freeze-within=20s')
          failsWith('lock-not-granted', result, howToSee[server])
          failsWith(
            'lock-not-granted',
            result,
            /stays shut, for readers too, until the session that uses it ends/,
          )
          // Both the warning of the refusal and the run line count them.
          const counted = (await lab.log()).flatMap(({ attempts }) =>
            attempts === undefined ? [] : [attempts],
          )
          assert.deepEqual(new Set(counted), new Set([1]))
          await writer.writesAtOnce()
        },
      )
  })

for (const server of ['mariadb-10.11', 'mariadb-11.8'] as const)
  describe(`${server}, which does not show its locks,`, () => {
    const { scenario } = guestOn(server)

    scenario('names no writer that waits itself, and says how to see who it is', async (scene) => {
      await using holder = await resting(scene, 'LOCK TABLES shop.archive WRITE')
      await using _victim = await scene.writer.occupies('INSERT INTO shop.archive VALUES (3)')
      const result = await scene.lab.freeze('freeze', '--on-long-query=fail', '--quiet-query=1h')
      failsWith('lock-not-granted', result, new RegExp(`perhaps session ${holder.id} of root@localhost`))
      failsWith('lock-not-granted', result, howToSee[server])
    })
  })

for (const server of ['mysql-5.6', 'mysql-9.7', 'mariadb-11.8'] as const)
  describe(`an account without privileges on ${server}`, () => {
    const { scenario } = guestOn(server)

    scenario('is told all that are missing in one message', async ({ lab, writer }) => {
      for (const statement of accountWith({ user: 'bare', granted: [] })) await writer.ask(statement)
      await lab.logInAs({ user: 'bare' })
      const result = await lab.freeze('freeze')
      for (const missing of ['RELOAD', 'PROCESS', 'REPLICATION CLIENT'])
        failsWith(
          'privilege-missing',
          result,
          new RegExp(`GRANT ${missing} ON \\*\\.\\* TO 'bare'@'localhost'`),
        )
    })
  })

function resters(id: number, by: string): string {
  return `would wait for session ${id} of root@localhost, idle for .*, with shop\\.archive in use by ${by.replaceAll('.', String.raw`\.`)}`
}
