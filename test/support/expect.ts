import assert from 'node:assert/strict'
import { type FailureCode, failures } from '../../src/core/failure.ts'
import type { Result } from './scripts.ts'

/** It did what it was asked: exit code 0, and this line. */
export function succeeds(result: Result, line: RegExp): void {
  assert.match(result.stdout, line)
  assert.equal(result.exitCode, 0)
}

/** It failed in this way: the exit code of the failure table, a line that says what was seen, and the hint of the table. */
export function failsWith(code: FailureCode, result: Result, line: RegExp): void {
  const { exitCode, hint } = failures[code]
  assert.match(result.stdout, line)
  assert.equal(result.exitCode, exitCode, result.stdout)
  assert.ok(result.stdout.trimEnd().endsWith(`; ${hint}`), result.stdout)
}
