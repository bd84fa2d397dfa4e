import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'node:test'
import { isVerdict } from '../../src/core/verdict.ts'
import { lockNames } from '../../src/core/lock-table.ts'
import { serverNames, type ServerName } from '../servers/catalog.ts'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn, type Scene } from '../support/guest.ts'
import type { Lab } from '../support/lab.ts'
import { allGrants, locksOf, showingLocks } from '../support/locks.ts'

/** What `auto` is on each. */
const automatic: Readonly<Record<ServerName, string>> = {
  'mysql-5.6': 'ftwrl',
  'mysql-5.7': 'ftwrl',
  'mysql-9.7': 'ftwrl',
  'mariadb-10.5': 'backup-stage',
  'mariadb-10.11': 'backup-stage',
  'mariadb-11.8': 'backup-stage',
}

for (const name of serverNames) {
  describe(`${name}, which shows its locks,`, () => {
    const { scenario } = guestOn(name, { options: showingLocks(name), grants: allGrants(name) })

    for (const lock of locksOf[name].filter((one) => one !== 'instance'))
      scenario(
        `holds ${lock}: commits wait, coordinates stand still, every check says yes`,
        async (scene) => {
          await isFrozenBy(lock, scene)
          assert.equal((await scene.lab.frozen())?.lock, lock)
          assert.deepEqual(await checksOf(scene), {
            'hold not expired': 'yes',
            'handed over': 'yes',
            'disks frozen': 'not-applicable',
            'lock granted': 'yes',
            'lock seen by the server': name === 'mysql-5.6' ? 'not-applicable' : 'yes',
            'same connection': 'yes',
            'server not restarted': 'yes',
            'coordinates equal': 'yes',
            'GTID equal': 'yes',
            'replica position equal': 'not-applicable',
            flushed: 'yes',
            'engines on disk': 'yes',
            'on disk': 'yes',
            'let go by the thaw': 'yes',
          })
        },
      )

    scenario(`picks ${automatic[name]} by itself, and says why`, async (scene) => {
      await isFrozenBy('auto', scene)
      const { lock, why } = (await scene.lab.frozen())!
      assert.equal(lock, automatic[name])
      assert.match(why, /^auto: /)
      await checksOf(scene)
      const run = (await scene.lab.log()).find(({ msg }) => msg.startsWith('run '))
      const { servers } = Object(run)
      assert.deepEqual([servers[0].lock, servers[0].why], [lock, why])
      assert.ok((await scene.lab.log()).some(({ msg }) => msg === `the lock is ${lock}: ${why}`))
    })

    for (const lock of lockNames.filter((one) => !locksOf[name].includes(one)))
      scenario(`refuses ${lock}, and names what it can do`, async ({ lab }) => {
        const line = new RegExp(
          `^not frozen: ${lock} cannot be had on this server .*; it can do ${locksOf[name].join(', ')};`,
        )
        failsWith('lock-unavailable', await lab.freeze('freeze', `--lock=${lock}`), line)
      })
  })
}

describe('instance on mysql-9.7', () => {
  const { scenario } = guestOn('mysql-9.7', { grants: allGrants('mysql-9.7') })

  scenario('lets writers go on, stops DDL, and has no coordinates that are stable', async (scene) => {
    const { lab, writer } = scene
    await writer.ask('DROP TABLE IF EXISTS shop.visits, shop.notes')
    succeeds(
      await lab.freeze('freeze', '--lock=instance'),
      /^frozen at .* or later \(coordinates not stable\),/,
    )
    const before = await writer.coordinates()
    await writer.ask('INSERT INTO shop.orders () VALUES ()')
    await using altering = await writer.occupies('ALTER TABLE shop.orders COMMENT = "later"')
    assert.equal(await readFile(join(lab.recordDir, 'binlog_info'), 'utf8'), '')
    const { servers } = JSON.parse(await readFile(join(lab.recordDir, 'coordinates.json'), 'utf8'))
    assert.deepEqual([servers[0].coordinates, servers[0].coordinatesAre], [before, 'not stable'])
    const line =
      /is consistent, but the coordinates are not stable: commits went on, the snapshot is between .* and /m
    succeeds(await lab.thaw('thaw'), line)
    const checks = await loggedChecks(lab)
    assert.equal(checks['coordinates equal'], 'not-applicable')
    assert.equal(checks['all tables transactional'], 'yes')
    await altering[Symbol.asyncDispose]()
    await writer.ask(visits)
  })

  scenario(
    'calls no snapshot consistent with a table that no recovery makes whole',
    async ({ lab, writer }) => {
      await writer.ask(visits)
      succeeds(await lab.freeze('freeze', '--lock=instance'), /^frozen at /)
      const line =
        /the snapshot is not consistent: written to meanwhile, and made whole by no recovery: shop\.visits \(MyISAM\)/
      failsWith('not-consistent', await lab.thaw('thaw'), line)
    },
  )
})

describe('mysql-9.7 without BACKUP_ADMIN', () => {
  const { scenario } = guestOn('mysql-9.7')

  scenario('holds ftwrl without LOCK INSTANCE FOR BACKUP, and says so', async (scene) => {
    await isFrozenBy('ftwrl', scene)
    const { statements, why } = (await scene.lab.frozen())!
    assert.deepEqual(statements, ['FLUSH TABLES WITH READ LOCK'])
    assert.match(why, /LOCK INSTANCE FOR BACKUP needs MySQL 8 and the privilege BACKUP_ADMIN/)
    await checksOf(scene)
  })

  scenario('refuses instance', async ({ lab }) => {
    failsWith('lock-unavailable', await lab.freeze('freeze', '--lock=instance'), /it can do ftwrl;/)
  })
})

describe('mariadb-10.11 with METADATA_LOCK_INFO', () => {
  const { scenario } = guestOn('mariadb-10.11', { grants: ["INSTALL SONAME 'metadata_lock_info'"] })

  for (const lock of ['ftwrl', 'backup-stage'] as const)
    scenario(`sees ${lock} there, with the documented privileges alone`, async (scene) => {
      await isFrozenBy(lock, scene)
      assert.equal((await checksOf(scene))['lock seen by the server'], 'yes')
    })
})

/** Frozen, and a judge from outside sees it. */
async function isFrozenBy(lock: string, { lab, writer }: Scene): Promise<void> {
  succeeds(await lab.freeze('freeze', `--lock=${lock}`), /^frozen at binlog\.\d+:\d+, waited/)
  const seen = await writer.coordinates()
  assert.deepEqual((await lab.frozen())?.coordinates, seen)
  const waiting = await writer.isKeptWaiting()
  assert.deepEqual(await writer.coordinates(), seen)
  void waiting.written
}

/** Thawed to a consistent snapshot: the checks of the run line, name to result. */
async function checksOf({ lab }: Scene): Promise<Record<string, string>> {
  succeeds(await lab.thaw('thaw'), /the snapshot is consistent$/m)
  return await loggedChecks(lab)
}

async function loggedChecks(lab: Lab): Promise<Record<string, string>> {
  const run = (await lab.log()).find(({ msg }) => msg.startsWith('run '))
  const verdict = { consistent: run?.['verdict'], checks: run?.['checks'] }
  assert.ok(isVerdict(verdict))
  return Object.fromEntries(verdict.checks.map(({ name, result }) => [name, result]))
}

const visits = 'CREATE TABLE IF NOT EXISTS shop.visits (id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=MyISAM'
