import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { runningNamed } from '../../src/adapters/running.ts'

/** Hundredths of a second are what the kernel counts in. */
const about = 30

test('a process is known by its name, with its arguments and when it was started', async () => {
  const earliest = Date.now() - about
  const child = spawn('/bin/sleep', ['1001'], { stdio: 'ignore' })
  try {
    await once(child, 'spawn')
    const latest = Date.now() + about
    const found = runningNamed(['sleep']).find(({ pid }) => pid === child.pid)
    assert.deepEqual(found?.argv, ['/bin/sleep', '1001'])
    const { startedAt } = found
    assert.ok(earliest <= startedAt && startedAt <= latest, `${earliest} ${startedAt} ${latest}`)
  } finally {
    child.kill()
  }
})

test('a process of another name is none of them', () => {
  assert.deepEqual(runningNamed(['no-such-program']), [])
})
