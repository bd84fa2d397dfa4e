import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { LockName } from '../../src/core/lock-table.ts'
import { serverNames, type ServerName } from '../servers/catalog.ts'
import { type BlockerName, blockerNames, blockers, type Blocking } from '../support/blockers.ts'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn, type Scene } from '../support/guest.ts'
import { allGrants, locksOf, showingLocks } from '../support/locks.ts'

/** Who keeps which lock waiting; nobody else does. FLUSH TABLES WITH READ LOCK waits for readers on MySQL alone. */
function isInTheWay(blocker: BlockerName, lock: LockName, server: ServerName): boolean {
  switch (blocker) {
    case 'a 60 s SELECT':
      return lock === 'ftwrl' && server.startsWith('mysql')
    case 'a 60 s UPDATE':
      return lock === 'ftwrl'
    case 'a 60 s UPDATE of MyISAM':
    case 'LOCK TABLES ... WRITE':
      return lock !== 'instance'
    case 'an ALTER TABLE':
      // BACKUP STAGE lets one go on that copies, and stops it before it puts the copy in place.
      return lock !== 'backup-stage'
    case 'an idle open transaction':
    case 'a storm of 1 s SELECTs':
      return false
  }
}

for (const server of serverNames)
  for (const lock of locksOf[server])
    describe(`${lock} on ${server}`, () => {
      const { scenario } = guestOn(server, { options: showingLocks(server), grants: allGrants(server) })

      for (const name of blockerNames.filter((one) => isInTheWay(one, lock, server)))
        scenario(`is refused behind ${name}, names it, and leaves nothing locked`, async (scene) => {
          await using blocking = await blockers[name](scene)
          const { lab, writer } = scene
          // quiet-query would see it before the lock is asked for: here the attempt itself has to fail
          const result = await lab.freeze(...hurried, `--lock=${lock}`, '--quiet-query=1h')
          failsWith('lock-not-granted', result, naming(blocking, server))
          assert.deepEqual(await writer.sessionsOf('quiesce'), [])
          await writer.writesAtOnce()
          await writer.readsAtOnce()
        })

      for (const name of blockerNames.filter((one) => !isInTheWay(one, lock, server)))
        scenario(`is granted beside ${name}`, async (scene) => {
          await using _blocking = await blockers[name](scene)
          const { lab } = scene
          succeeds(
            await lab.freeze('freeze', `--lock=${lock}`, '--lock-wait=3s', '--quiet-query=1h'),
            /^frozen at /,
          )
          await isThawed(scene, lock)
        })
    })

/** One attempt, and then it is over. */
const hurried = ['freeze', '--lock-wait=1s', '--on-long-query=fail']

/** Its id, user, host, age and text; a session that rests has no text. */
function naming({ id, text }: Blocking, server: ServerName): RegExp {
  if (text !== null) {
    const beginning = text.slice(0, 80).replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    return new RegExp(`, behind statement ${id} of root@localhost, running for \\d+m?s: ${beginning}`)
  }
  const session = `session ${id} of root@localhost, idle for \\d+m?s`
  return server === 'mysql-5.6'
    ? new RegExp(`, behind no statement, so an idle session with a lock, .*: perhaps ${session}`)
    : new RegExp(`, behind ${session}, with shop\\.archive locked, as LOCK TABLES \\.\\.\\. WRITE does`)
}

/** Under instance MyISAM tables are written to, and the judge has one. */
async function isThawed({ lab }: Scene, lock: LockName): Promise<void> {
  const thawed = await lab.thaw('thaw')
  if (lock === 'instance') failsWith('not-consistent', thawed, /made whole by no recovery/)
  else succeeds(thawed, /is consistent$/m)
}
