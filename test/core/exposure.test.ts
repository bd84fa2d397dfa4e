import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { exposure } from '../../src/core/exposure.ts'

const us = { uid: 1000, gid: 1000 }

describe('an option file', () => {
  for (const [mode, uid, gid, content, seen] of [
    [0o644, 0, 0, 'no password', null],
    [0o644, 1000, 1000, 'no password', null],
    [0o664, 0, 0, 'no password', null],
    [0o664, 1000, 1000, 'no password', null],
    [0o664, 0, 50, 'no password', 'can be written by its group (mode 0664, owner 0:50)'],
    [0o666, 0, 0, 'no password', 'can be written by everybody (mode 0666, owner 0:0)'],
    [0o602, 0, 0, 'password', 'can be written by everybody (mode 0602, owner 0:0)'],
    [0o600, 1001, 0, 'no password', 'belongs to neither root nor us (mode 0600, owner 1001:0)'],
    [0o600, 0, 0, 'password', null],
    [0o400, 1000, 1000, 'password', null],
    [0o640, 0, 0, 'password', 'has a password, and others can read it (mode 0640, owner 0:0)'],
    [0o604, 0, 0, 'password', 'has a password, and others can read it (mode 0604, owner 0:0)'],
    [0o100644, 1000, 50, 'password', 'has a password, and others can read it (mode 0644, owner 1000:50)'],
  ] as const) {
    test(`of mode ${mode.toString(8)} and owner ${uid}:${gid}, with ${content}, ${seen ?? 'is private enough'}`, () => {
      assert.equal(exposure({ mode, uid, gid }, { us, content }), seen)
    })
  }
})
