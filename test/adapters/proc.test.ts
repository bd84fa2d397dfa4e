import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { isAlive, self } from '../../src/adapters/proc.ts'
import { parseStat, type ProcessIdentity } from '../../src/core/process.ts'
import { type Child, startChild } from '../support/child.ts'
import { until } from '../support/until.ts'

describe('this process', () => {
  test('is alive, by its pid and the time at which it began', () => {
    assert.equal(self().pid, process.pid)
    assert.equal(isAlive(self()), true)
  })

  test('is not another one that had its pid', () => {
    assert.equal(isAlive({ ...self(), startTime: self().startTime - 1 }), false)
  })
})

describe('another process', () => {
  test('is alive until it has ended', async () => {
    await using child = startChild('sleep', ['1000'])
    const identity = identityOf(child)
    assert.equal(isAlive(identity), true)
    child.process.kill('SIGKILL')
    await child.end
    assert.equal(isAlive(identity), false)
  })

  test('is alive while it is stopped', async () => {
    await using child = startChild('sleep', ['1000'])
    const identity = identityOf(child)
    child.process.kill('SIGSTOP')
    await until('it is stopped', () => stateOf(child.pid) === 'T')
    assert.equal(isAlive(identity), true)
  })

  test('is not alive as a zombie, which a signal still finds', async () => {
    // a shell that has become another program does not wait for the child it had
    await using parent = startChild('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000'])
    const pid = Number(await parent.said())
    await until('it has', () => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n')
    process.kill(pid, 'SIGKILL')
    await until('it is a zombie', () => stateOf(pid) === 'Z')
    const zombie = { pid, startTime: parseStat(statOf(pid))?.startTime ?? Number.NaN }
    assert.equal(process.kill(pid, 0), true)
    assert.equal(isAlive(zombie), false)
  })

  test('is not alive where nobody has the pid', () => {
    assert.equal(isAlive({ pid: 4_194_304, startTime: 1 }), false)
  })
})

function identityOf({ pid }: Child): ProcessIdentity {
  return { pid, startTime: parseStat(statOf(pid))?.startTime ?? Number.NaN }
}

function stateOf(pid: number): string | undefined {
  return parseStat(statOf(pid))?.state
}

function statOf(pid: number): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8')
}
