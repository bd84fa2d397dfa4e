import assert from 'node:assert/strict'
import { createConnection } from 'mysql2/promise'
import type { Check } from '../../src/core/verdict.ts'
import { until } from '../support/until.ts'
import type { Guest } from './guest.ts'

/** What the runs since the scenario began were found to be, as the log has it. */
export async function verdicts({ runs }: Guest): Promise<readonly unknown[]> {
  return (await runs()).map((run) => run['verdict'])
}

/** What the last run says of whether the disks were frozen. */
export async function frozenCheck({ runs }: Guest): Promise<string> {
  const checks: readonly Check[] = Object((await runs()).at(-1))['checks'] ?? []
  const { result, seen } = checks.find(({ name }) => name === 'disks frozen')!
  return `${result}: ${seen}`
}

/** The freeze has come to nothing: nobody asks for a lock, nor could still get it. */
export async function isUndone({ files, hold, disk }: Guest): Promise<void> {
  await until('nobody asks', async () => !(await files()).some((name) => name.startsWith('waitfor')))
  await until('the locker has ended', async () => (await hold())?.ended !== null)
  assert.equal(await disk.isFrozen(), false)
}

/** hold-at-most is over while the disk is frozen: somebody gets a lock that a held one would refuse, and that needs no disk. */
export async function isLetGoThoughFrozen({ server, disk, holdWhen }: Guest): Promise<void> {
  await holdWhen('the hold has expired', ({ ended }) => ended?.ending === 'expired')
  assert.equal(await disk.isFrozen(), true)
  const connection = await createConnection({ socketPath: server.socket, user: 'root' })
  await connection.query('SET SESSION lock_wait_timeout = 1')
  await connection.query('LOCK TABLES shop.visits WRITE')
  await connection.end()
}
