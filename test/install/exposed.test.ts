import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whatIsWrong } from '../../src/install/exposed.ts'

const us = { uid: 7, gid: 8 }

for (const [what, access, expected] of [
  ['of root, closed', { mode: 0o40755, uid: 0, gid: 0 }, null],
  ['of ours, closed', { mode: 0o100644, uid: 7, gid: 8 }, null],
  [
    'of somebody else',
    { mode: 0o40700, uid: 9, gid: 0 },
    /^belongs to neither root nor us \(mode 0700, owner 9:0\)$/,
  ],
  ['open to all', { mode: 0o40777, uid: 0, gid: 0 }, /^can be written by everybody/],
  ['sticky and open to all, as /tmp', { mode: 0o41777, uid: 0, gid: 0 }, null],
  ['open to another group', { mode: 0o40775, uid: 0, gid: 9 }, /^can be written by its group/],
  ['open to our group', { mode: 0o40775, uid: 0, gid: 8 }, null],
] as const) {
  test(`what is ${what}: ${expected === null ? 'nobody else can change it' : 'others can change it'}`, () => {
    const wrong = whatIsWrong(access, us)
    if (expected === null) assert.equal(wrong, null)
    else assert.match(wrong ?? '', expected)
  })
}
