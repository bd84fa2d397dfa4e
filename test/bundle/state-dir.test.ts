import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { buildableStateDir } from '../../src/bundle/state-dir.ts'

describe('a state directory that is built in', () => {
  for (const [text, path] of [
    ['/var/run/veeam', '/var/run/veeam'],
    ['/run/a//b/', '/run/a/b'],
    ["/run/it's $(here)", "/run/it's $(here)"],
  ] as const) {
    test(`is ${path} when ${text} is asked for`, () => assert.equal(buildableStateDir(text), path))
  }

  for (const [text, reason] of [
    ['', /not the absolute path/],
    ['run/veeam', /not the absolute path/],
    ['/', /not the absolute path/],
    ['/../', /not the absolute path/],
    ['/run/a\nb', /not on one line/],
    ['/run/\u001b[31m', /not on one line/],
    ['/run/*/a', /cannot hold/],
  ] as const) {
    test(`is not ${JSON.stringify(text)}`, () => {
      assert.throws(() => buildableStateDir(text), { code: 'bad-setting', message: reason })
    })
  }
})
