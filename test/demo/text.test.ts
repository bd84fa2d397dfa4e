import assert from 'node:assert/strict'
import { test } from 'node:test'
import { paintFor } from './paint.ts'
import type { Report } from './report.ts'
import { succeeded } from './report.ts'
import type { Take } from './take.ts'
import { causes, resultText, takeText } from './text.ts'

const plain = paintFor({ isTTY: false })

const take: Take = {
  timeline: [
    {
      what: 'pre-freeze-script',
      at: 0,
      took: 212.4,
      said: 'frozen at b.1:4',
      steps: [{ name: 'lock', ms: 3.21 }],
    },
    { what: 'snapshot', at: 1213, took: 50, said: '46 MB copied', steps: [] },
  ],
  stalls: { writers: [{ usual: 31.24, longest: 151 }], longest: 151, snapshot: 50, added: 101 },
  checks: [{ name: 'CHECK TABLE of InnoDB', result: 'holds', seen: 'OK' }],
}
const torn: Take = {
  ...take,
  checks: [...take.checks, { name: 'CHECK TABLE of MyISAM', result: 'fails', seen: 'Corrupt' }],
}
const report: Report = {
  server: { name: 'mariadb-10.11', version: '10.11.19' },
  writers: 8,
  left: [],
  withScripts: take,
  withoutScripts: torn,
}

test('a take is told as a timeline, the stall of each writer, and the checks', () => {
  assert.equal(
    takeText(torn, plain),
    `       at      took
  0.000 s   0.212 s  pre-freeze-script  frozen at b.1:4
                                        lock 3.2 ms
  1.213 s   0.050 s  snapshot           46 MB copied

  The writers stood still for 0.151 s at most: 0.050 s while the snapshot was taken, added stall 0.101 s
  writer                       1
  longest gap, ms          151.0
  usual gap, ms             31.2

  holds  CHECK TABLE of InnoDB                    OK
  FAILS  CHECK TABLE of MyISAM                    Corrupt`,
  )
})

test('the result names the checks that fail without the scripts', () => {
  assert.match(resultText(report, plain), /^ {2}with +consistent: all 1 checks hold$/m)
  assert.match(
    resultText(report, plain),
    /^ {2}without +NOT consistent: 1 of 2 checks fail: CHECK TABLE of MyISAM$/m,
  )
})

test('where nothing went wrong without the scripts, the result calls it luck', () => {
  assert.match(resultText({ ...report, withoutScripts: take }, plain), /by luck nothing went wrong this time/)
})

const outcomes: readonly {
  what: string
  change: Partial<Report>
  folder: 'removed' | 'kept'
  ok: boolean
}[] = [
  {
    what: 'succeeds when all holds with the scripts, whatever without',
    change: {},
    folder: 'removed',
    ok: true,
  },
  {
    what: 'fails when a check fails with the scripts',
    change: { withScripts: torn },
    folder: 'removed',
    ok: false,
  },
  {
    what: 'fails when something is left over',
    change: { left: ['process 7'] },
    folder: 'removed',
    ok: false,
  },
  {
    what: 'succeeds with the folder left that is to be kept',
    change: { left: ['/tmp/x'] },
    folder: 'kept',
    ok: true,
  },
  { what: 'fails when more is left than that', change: { left: ['/tmp/x', 'y'] }, folder: 'kept', ok: false },
]

for (const { what, change, folder, ok } of outcomes) {
  test(`the demo ${what}`, () => {
    assert.equal(succeeded({ ...report, ...change }, { folder }), ok)
  })
}

test('colour is for a terminal alone, and not for one whose owner wants none', () => {
  const coloured = (isTTY: boolean, env: NodeJS.ProcessEnv) => paintFor({ isTTY }, env).bad('x') !== 'x'
  assert.ok(coloured(true, { TERM: 'xterm' }))
  assert.ok(!coloured(false, { TERM: 'xterm' }))
  assert.ok(!coloured(true, { TERM: 'xterm', NO_COLOR: '1' }))
  assert.ok(!coloured(true, { TERM: 'dumb' }))
})

test('an error is told with what caused it', () => {
  assert.equal(causes(new Error('a', { cause: new Error('b', { cause: 'c' }) })), 'a\nb\nc')
})
