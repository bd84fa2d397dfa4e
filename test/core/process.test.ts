import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { isProcessIdentity, isRunning, parseStat } from '../../src/core/process.ts'

/** /proc/PID/stat as proc(5) has it: pid, (comm), state, 18 numbers, start time, and more. */
function stat({ comm = 'node', state = 'S', startTime = 123 }): string {
  return `42 (${comm}) ${state} ${Array.from({ length: 18 }, (_, i) => i).join(' ')} ${startTime} 1 2 3\n`
}

describe('/proc/PID/stat', () => {
  for (const comm of ['node', 'tmux: server', 'a) R 1 2', '((', 'x\ny', ''])
    test(`tells state, parent and start time of a command called ${JSON.stringify(comm)}`, () => {
      assert.deepEqual(parseStat(stat({ comm, state: 'R', startTime: 9876 })), {
        state: 'R',
        parent: 0,
        startTime: 9876,
      })
    })

  for (const text of ['', '42', '42 (node)', '42 (node) S', stat({}).slice(0, 50)])
    test(`tells nothing where it is ${JSON.stringify(text)}`, () => assert.equal(parseStat(text), null))

  test('whatever it says, is never an error', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseStat(text)))
  })
})

describe('alive', () => {
  const identity = { pid: 42, startTime: 123 }
  for (const [what, text, alive] of [
    ['the same pid with the same start time', stat({}), true],
    ['one that is stopped', stat({ state: 'T' }), true],
    ['one that waits for a disk', stat({ state: 'D' }), true],
    ['a zombie, which holds no connection', stat({ state: 'Z' }), false],
    ['one that is being removed', stat({ state: 'X' }), false],
    ['the pid, used again', stat({ startTime: 124 }), false],
    ['a pid that nobody has', null, false],
    ['something else', 'x', false],
  ] as const)
    test(`is ${alive ? '' : 'not '}${what}`, () => assert.equal(isRunning(text, identity), alive))
})

describe('a process is named by', () => {
  for (const [value, is] of [
    [{ pid: 1, startTime: 0 }, true],
    [{ pid: 42, startTime: 123, more: 'x' }, true],
    [{ pid: 0, startTime: 1 }, false],
    [{ pid: -1, startTime: 1 }, false],
    [{ pid: 1.5, startTime: 1 }, false],
    [{ pid: '1', startTime: 1 }, false],
    [{ pid: 1 }, false],
    [{ startTime: 1 }, false],
    [null, false],
    ['1', false],
  ] as const)
    test(`${JSON.stringify(value)}: ${is}`, () => assert.equal(isProcessIdentity(value), is))
})
