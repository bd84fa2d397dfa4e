import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { self } from '../../src/adapters/proc.ts'
import { Failure } from '../../src/core/failure.ts'
import { formatStoppedThreads, type StoppedThreads } from '../../src/core/stopped-threads.ts'
import {
  judgeLeftStopped,
  judgeReplication,
  type ReplicationFacts,
} from '../../src/doctor/checks/replication.ts'
import { lookAtLeftStopped } from '../../src/doctor/look/left-stopped.ts'

const facts: ReplicationFacts = {
  account: 'quiesce@localhost',
  grants: ['GRANT RELOAD ON *.* TO `quiesce`@`localhost`'],
  isReplica: 'yes',
  replica: 'lock',
  maySee: 'REPLICA MONITOR',
  mayStop: 'REPLICATION SLAVE ADMIN',
}

describe('of replication the doctor says', () => {
  for (const [title, change, results, advice] of [
    ['nothing on a server that is no replica', { isReplica: 'no' }, [], null],
    ['nothing where nothing is known', { isReplica: new Failure('statement-failed', 'no') }, [], null],
    ['that it may be asked', {}, ['ok'], null],
    [
      'that it may not be asked',
      { isReplica: 'may be' },
      ['problem'],
      "GRANT REPLICA MONITOR ON *.* TO 'quiesce'@'localhost'",
    ],
    [
      'that it may not be stopped, where it is to be',
      { replica: 'stop-sql' },
      ['ok', 'problem'],
      "GRANT REPLICATION SLAVE ADMIN ON *.* TO 'quiesce'@'localhost'",
    ],
    [
      'that it may be stopped',
      { replica: 'stop-sql', grants: ['GRANT RELOAD, REPLICATION SLAVE ADMIN ON *.* TO q'] },
      ['ok', 'ok'],
      null,
    ],
    [
      'that SUPER may stop it',
      { replica: 'stop-sql', grants: ['GRANT SUPER ON *.* TO q'] },
      ['ok', 'ok'],
      null,
    ],
  ] as const satisfies readonly (readonly [
    string,
    Partial<ReplicationFacts>,
    readonly string[],
    string | null,
  ])[])
    test(title, () => {
      const checks = judgeReplication({ ...facts, ...change })
      assert.deepEqual(
        checks.map(({ result }) => result),
        results,
      )
      assert.equal(checks.at(-1)?.advice ?? null, advice)
    })
})

describe('SQL threads that are stopped', () => {
  const stopped: StoppedThreads = {
    run: 'run-1',
    locker: { pid: 1, startTime: -1 },
    servers: [{ where: '/run/a.sock', channels: ['', 'eu'] }],
  }

  for (const [title, text, wanted] of [
    ['are a problem once their locker is gone', formatStoppedThreads(stopped), stopped],
    ['are none while it lives', formatStoppedThreads({ ...stopped, locker: self() }), null],
    ['are not known from a journal that is none', '{', null],
  ] as const)
    test(title, () =>
      withDir(
        async ({ path }) => {
          await writeFile(join(path, 'replica.json'), text)
          assert.deepEqual(lookAtLeftStopped(path), wanted)
        },
        { unsafeCleanup: true },
      ),
    )

  test('are named', () => {
    const [check, ...others] = judgeLeftStopped(stopped)
    assert.equal(
      check?.seen,
      'run run-1 has stopped those of the default channel at /run/a.sock, channel eu at /run/a.sock, and its locktables is gone',
    )
    assert.deepEqual([...others, ...judgeLeftStopped(null)], [])
  })
})
