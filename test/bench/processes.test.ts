import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { inSession, peakIn, peakMemory, sessionIn } from './processes.ts'

test('the peak of a process is its VmHWM, in bytes', () => {
  assert.equal(
    peakIn('Name:\tnode\nVmPeak:\t  900 kB\nVmHWM:\t   58764 kB\nVmRSS:\t   100 kB\n'),
    58764 * 1024,
  )
})

test('a zombie has no peak', () => {
  assert.equal(peakIn('Name:\tnode\nState:\tZ (zombie)\n'), null)
})

test('the session is found behind a command that has spaces and parentheses', () => {
  assert.equal(sessionIn('12 (a) b (c) S 1 11 10 0 -1'), 10)
  assert.equal(sessionIn(''), null)
})

test('the members of a session are found without its leader, and their peak memory is waited for', async () => {
  const leader = spawn('/bin/sh', ['-c', 'sleep 60 & echo started; read line; kill $!'], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  await once(leader.stdout, 'data')
  const members = inSession(leader.pid!)
  assert.equal(members.length, 1)
  assert(!members.includes(leader.pid!))
  const memory = peakMemory(members)
  leader.stdin.end('\n')
  assert((await memory) > 0)
})
