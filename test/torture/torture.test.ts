import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { withOwnMounts } from '../support/photograph/own-mounts.ts'
import { tortureArguments } from './arguments.ts'
import { reportOf } from './tally.ts'
import { torture } from './torture.ts'

const {
  TORTURE_MINUTES: minutes = '1',
  TORTURE_SERVER: server = 'mariadb-10.11',
  TORTURE_SEED: seed,
} = process.env

const title = 'no schedule of faults makes a verdict wrong, or leaves a lock'

await withOwnMounts(title, () => void test(title, plays))

async function plays(t: TestContext): Promise<void> {
  const wanted = ['--minutes', minutes, '--server', server, ...(seed ? ['--seed', seed] : [])]
  const args = tortureArguments(wanted, { newSeed: 1 + (Date.now() % 900_000_000) })
  const said: string[] = []
  const tally = await torture(args, {
    progress: () => {},
    say: (line) => void said.push(line),
    stop: t.signal,
  })
  t.diagnostic(reportOf(tally, args))
  assert.deepEqual(said, [])
  assert.ok(tally.schedules > 0)
}
