import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Ended } from './stage.ts'
import { falseVerdicts, strangeEnds, worstStall } from './verdicts.ts'

const ended = (at: number, exitCode: number, stdout: string): Ended => ({
  at,
  exitCode,
  stdout,
  stderr: '',
  signal: null,
})
const frozen = (at: number) => ended(at, 0, 'frozen at binlog.000001:4, waited 0.1 s\n')
const consistent = (at: number) => ended(at, 0, 'thawed after 1.0 s, the snapshot is consistent\n')
const inconsistent = (at: number) =>
  ended(at, 30, 'thawed after 1.0 s, the snapshot is not consistent: why; hint\n')

describe('a verdict "consistent" is false', () => {
  const freezes = [{ began: 0, end: frozen(100), copy: 7 }]
  const thaws = [{ began: 200, end: consistent(210), copy: 7 }]

  test('where the writer began and ended a row between the freeze and the thaw', () => {
    const commits = [{ n: 8, sentAt: 150, doneAt: 160 }]
    assert.match(falseVerdicts({ freezes, thaws, commits }).join(), /row 8 was committed/)
  })

  test('where a copy before the thaw has more rows than one after the freeze', () => {
    const grown = [{ ...thaws[0]!, copy: 8 }]
    assert.match(falseVerdicts({ freezes, thaws: grown, commits: [] }).join(), /row 7, .* with 8/)
  })

  test('not where a row was under way at the freeze, or is done after the thaw', () => {
    const commits = [
      { n: 7, sentAt: 90, doneAt: 110 },
      { n: 8, sentAt: 150, doneAt: 205 },
    ]
    assert.deepEqual(falseVerdicts({ freezes, thaws, commits }), [])
  })

  test('not of an earlier freeze where one that succeeds is under way at the thaw; but where that one fails', () => {
    const commits = [{ n: 8, sentAt: 150, doneAt: 160 }]
    const verdicts = (end: Ended) =>
      falseVerdicts({ freezes: [...freezes, { began: 170, end }], thaws, commits })
    assert.deepEqual(verdicts(frozen(205)), [])
    assert.equal(verdicts(ended(205, 11, 'not frozen')).length, 1)
  })

  test('of a freeze whose launcher was killed: to the invoker it has succeeded', () => {
    const killed: Ended = { ...frozen(170), exitCode: null, signal: 'SIGKILL' }
    const all = [...freezes, { began: 110, end: killed, copy: 8 }]
    const grown = [{ ...thaws[0]!, copy: 8 }]
    const before = [{ n: 8, sentAt: 150, doneAt: 160 }]
    assert.deepEqual(falseVerdicts({ freezes: all, thaws: grown, commits: before }), [])
    const after = [{ n: 9, sentAt: 175, doneAt: 180 }]
    assert.equal(falseVerdicts({ freezes: all, thaws: grown, commits: after }).length, 1)
  })

  test('not where the thaw does not say consistent', () => {
    const commits = [{ n: 8, sentAt: 150, doneAt: 160 }]
    const said = [{ ...thaws[0]!, end: inconsistent(210) }]
    assert.deepEqual(falseVerdicts({ freezes, thaws: said, commits }), [])
  })

  test('of the last freeze that had succeeded by then, whatever failed since', () => {
    const commits = [{ n: 8, sentAt: 50, doneAt: 60 }]
    const others = [
      { began: 0, end: frozen(20) },
      ...freezes,
      { began: 110, end: ended(120, 10, 'not frozen') },
    ]
    assert.deepEqual(falseVerdicts({ freezes: others, thaws, commits }), [])
    assert.equal(falseVerdicts({ freezes: [others[0]!, others[2]!], thaws, commits }).length, 1)
  })
})

describe('the worst stall', () => {
  const commits = [
    { n: 1, sentAt: 0, doneAt: 10 },
    { n: 2, sentAt: 20, doneAt: 1020 },
  ]

  test('is the longest wait for a row', () => {
    assert.equal(worstStall(commits, []), 1000)
  })

  test('is without what a server took that we had taken away', () => {
    assert.equal(worstStall(commits, [{ from: 0, to: 920 }]), 100)
  })
})

test('an end is strange that the failure table does not know, that is a defect, or that an agent cannot bear', () => {
  const ends = [
    ended(0, 1, 'not frozen: Cannot read properties of undefined\n'),
    ended(0, 99, 'gone\n'),
    { ...frozen(0), stderr: 'oops' },
    ended(0, 0, 'two\nlines\n'),
    { ...ended(0, 0, ''), exitCode: null, signal: 'SIGABRT' as const },
  ]
  for (const end of ends) assert.equal(strangeEnds([end]).length, 1)
  assert.deepEqual(strangeEnds([frozen(0), inconsistent(0), ended(0, 137, '')]), [])
})
