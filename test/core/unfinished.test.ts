import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { unfinishedFreeze } from '../../src/core/unfinished.ts'

const call = (pid: number, time = `at ${pid}`) => ({
  script: 'pre-freeze-script',
  pid,
  level: 30,
  time,
  msg: 'pre-freeze-script was called',
})
const failure = (pid: number) => ({ script: 'pre-freeze-script', pid, level: 50, msg: 'not frozen: busy' })
const thaw = { script: 'post-thaw-script', pid: 9, level: 30, msg: 'post-thaw-script was called' }
const run = { script: 'pre-freeze-script', pid: 9, level: 40, verdict: 'no', msg: 'run 1' }

describe('a freeze is unfinished in the log', () => {
  for (const [what, lines, found] of [
    ['that is empty', [], null],
    ['where nothing follows its call', [call(1)], 'at 1'],
    ['where others of its lines follow', [call(1), { ...call(1), msg: 'cleaning up' }], 'at 1'],
    ['but not where it failed', [call(1), failure(1)], null],
    ['where another failed meanwhile', [call(1), call(2), failure(2)], 'at 1'],
    ['but not where a thaw followed', [call(1), thaw], null],
    ['but not where a verdict followed', [call(1), run], null],
    [
      'where the verdict is on another run',
      [
        { ...call(1), run: 'b' },
        { ...run, run: 'a' },
      ],
      'at 1',
    ],
    [
      'but not where the verdict is on it',
      [
        { ...call(1), run: 'b' },
        { ...run, run: 'b' },
      ],
      null,
    ],
    ['where the verdict came before it', [run, call(1)], 'at 1'],
    ['where it began after the last thaw', [call(1), thaw, call(2)], 'at 2'],
  ] as const)
    test(what, () => assert.equal(unfinishedFreeze(lines), found))
})
