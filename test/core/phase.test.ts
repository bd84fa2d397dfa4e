import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Phase, phaseOf } from '../../src/core/phase.ts'

describe('the two lock files and their locker are', () => {
  for (const [files, alive, phase] of [
    ['- -', 'nobody', 'thawed'],
    ['- -', 'asker', 'thawed'],
    ['x x', 'locker', 'freezing'],
    ['x x', 'asker', 'freezing'],
    ['- x', 'locker', 'frozen'],
    ['x -', 'locker', 'cancelling'],
    ['x -', 'asker', 'cancelling'],
    ['- -', 'locker', 'thawing'],
    ['x x', 'nobody', 'abandoned'],
    ['x -', 'nobody', 'abandoned'],
    ['- x', 'nobody', 'abandoned'],
    ['- x', 'asker', 'abandoned'],
  ] as const satisfies readonly (readonly [string, 'nobody' | 'asker' | 'locker', Phase])[]) {
    const [waitforlock, waitforsnapshot] = files.split(' ').map((file) => file === 'x')
    test(`${phase}, where waitforlock and waitforsnapshot are ${files} and ${alive} is alive`, () => {
      const facts = { waitforlock: waitforlock === true, waitforsnapshot: waitforsnapshot === true }
      const lockerAlive = alive === 'locker'
      assert.equal(phaseOf({ ...facts, lockerAlive, askerAlive: alive === 'asker' }), phase)
      // a living locker answers for the files, whatever has become of who asked
      if (lockerAlive) assert.equal(phaseOf({ ...facts, lockerAlive, askerAlive: true }), phase)
    })
  }
})
