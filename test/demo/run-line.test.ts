import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lastRun } from './run-line.ts'

test('the last run in a log is found between other lines', () => {
  const runs = ['no', 'yes'].map((verdict) => ({ run: 'r', verdict, steps: [{ name: 'lock', ms: 1 }] }))
  const lines = [{ msg: 'frozen' }, ...runs, { msg: 'the hold has ended', verdict: 'no' }]
  assert.equal(lastRun(lines.map((line) => `${JSON.stringify(line)}\n`).join(''))?.verdict, 'yes')
})

test('a log without a run has none', () => {
  assert.equal(lastRun(''), undefined)
  assert.equal(lastRun('{"msg":"frozen"}\nnull\n'), undefined)
})
