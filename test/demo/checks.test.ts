import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Check, checksOfCopy, checksOfRun, type CopyFacts, type RunFacts } from './checks.ts'
import type { Inside, TableFindings } from './examine.ts'

const end = { file: 'binlog.000001', position: 900 }
const table: TableFindings = {
  rows: { is: 7 },
  writers: {
    is: [
      { count: 3, highest: 3 },
      { count: 4, highest: 4 },
    ],
  },
  complaints: { is: [] },
}
const inside: Inside = { tables: { innodb: table, myisam: table }, rowsLogged: { is: 7 } }
const sound: CopyFacts = {
  findings: { binaryLogEnd: end, starts: { is: '10.11.19' }, inside },
  coordinates: end,
  acknowledged: [3, 4],
}

test('every check of a sound copy holds', () => {
  assert.deepEqual(failing(checksOfCopy(sound)), [])
})

test('a row that was written but not yet acknowledged may be in the copy', () => {
  assert.deepEqual(failing(checksOfCopy({ ...sound, acknowledged: [3, 3] })), [])
})

const damages: readonly { what: string; facts: CopyFacts; fails: string; seen: RegExp }[] = [
  {
    what: 'the binary log goes on after the coordinates',
    facts: { ...sound, coordinates: { ...end, position: 800 } },
    fails: 'the binary log ends at the coordinates',
    seen: /^ends at binlog\.000001:900, the coordinates say binlog\.000001:800$/,
  },
  {
    what: 'the coordinates name another file',
    facts: { ...sound, coordinates: { ...end, file: 'binlog.000002' } },
    fails: 'the binary log ends at the coordinates',
    seen: /:900, the coordinates say binlog\.000002:900$/,
  },
  {
    what: 'CHECK TABLE complains',
    facts: damaged({ complaints: { is: ['not closed', 'Corrupt'] } }),
    fails: 'CHECK TABLE of MyISAM',
    seen: /^not closed; Corrupt$/,
  },
  {
    what: 'CHECK TABLE fails',
    facts: damaged({ complaints: { trouble: 'ERROR 145' } }),
    fails: 'CHECK TABLE of MyISAM',
    seen: /^ERROR 145$/,
  },
  {
    what: 'one table has fewer rows',
    facts: damaged({ rows: { is: 6 } }),
    fails: 'both tables have as many rows',
    seen: /^InnoDB 7, MyISAM 6$/,
  },
  {
    what: 'rows cannot be counted',
    facts: damaged({ rows: { trouble: 'ERROR 145' } }),
    fails: 'both tables have as many rows',
    seen: /^InnoDB 7, MyISAM ERROR 145$/,
  },
  {
    what: 'the last row of a writer is lost',
    facts: damaged({
      writers: {
        is: [
          { count: 3, highest: 3 },
          { count: 3, highest: 3 },
        ],
      },
    }),
    fails: 'no acknowledged row lost in MyISAM',
    seen: /^6 of 7$/,
  },
  {
    what: 'a row in the middle is lost',
    facts: damaged({
      writers: {
        is: [
          { count: 3, highest: 3 },
          { count: 3, highest: 4 },
        ],
      },
    }),
    fails: 'no acknowledged row lost in MyISAM',
    seen: /^6 of 7$/,
  },
  {
    what: 'the table has a row more than the binary log up to the coordinates',
    facts: { ...sound, findings: { ...sound.findings, inside: { ...inside, rowsLogged: { is: 6 } } } },
    fails: 'the coordinates fit the rows',
    seen: /^6 in the binary log up to them, 7 in the InnoDB table$/,
  },
]

for (const { what, facts, fails, seen } of damages) {
  test(`a copy is not called sound where ${what}`, () => {
    const failed = failing(checksOfCopy(facts))
    assert.deepEqual(
      failed.map(({ name }) => name),
      [fails],
    )
    assert.match(failed[0]!.seen, seen)
  })
}

test('where no server starts on the copy, that is said, and nothing is claimed of what is inside', () => {
  const findings = { binaryLogEnd: end, starts: { trouble: '[ERROR] torn' }, inside: null }
  const checks = checksOfCopy({ ...sound, findings })
  assert.equal(checks.length, 2)
  assert.deepEqual(failing(checks), [
    { name: 'a server starts on the copy', result: 'fails', seen: '[ERROR] torn' },
  ])
})

const run: RunFacts = {
  commitsWhileFrozen: 0,
  freeze: 'frozen at binlog.000001:900, waited 0.2 s',
  recorded: end,
  thawExitCode: 0,
  verdict: 'yes',
}

test('every check of a run that went well holds', () => {
  assert.deepEqual(failing(checksOfRun(run)), [])
})

const mishaps: readonly { change: Partial<RunFacts>; fails: string }[] = [
  { change: { commitsWhileFrozen: 1 }, fails: 'no writer commits while frozen' },
  { change: { recorded: null }, fails: 'the copy records the coordinates' },
  { change: { recorded: { ...end, position: 90 } }, fails: 'the copy records the coordinates' },
  { change: { thawExitCode: 30 }, fails: 'post-thaw-script succeeds' },
  { change: { thawExitCode: null }, fails: 'post-thaw-script succeeds' },
  { change: { verdict: 'no' }, fails: 'the verdict is "consistent"' },
  { change: { verdict: 'unknown' }, fails: 'the verdict is "consistent"' },
  { change: { verdict: undefined }, fails: 'the verdict is "consistent"' },
]

for (const { change, fails } of mishaps) {
  test(`"${fails}" fails at ${Object.entries(change)
    .flat()
    .map((word) => JSON.stringify(word))
    .join(' ')}`, () => {
    assert.deepEqual(
      failing(checksOfRun({ ...run, ...change })).map(({ name }) => name),
      [fails],
    )
  })
}

/** The sound copy, but for this in its MyISAM table. */
function damaged(change: Partial<TableFindings>): CopyFacts {
  const tables = { innodb: table, myisam: { ...table, ...change } }
  return { ...sound, findings: { ...sound.findings, inside: { ...inside, tables } } }
}

function failing(checks: readonly Check[]): readonly Check[] {
  return checks.filter(({ result }) => result === 'fails')
}
