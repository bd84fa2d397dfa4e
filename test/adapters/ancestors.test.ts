import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { ancestorsFrom } from '../../src/adapters/ancestors.ts'

describe('the ancestors of a process', () => {
  test('are itself first and the first process of all last, each with its name and arguments', () => {
    const chain = ancestorsFrom(process.pid)
    assert.equal(chain[0]?.pid, process.pid)
    assert.deepEqual(chain[0]?.argv.slice(-1), process.argv.slice(1))
    assert.equal(chain[1]?.pid, process.ppid)
    assert.ok(chain.length > 2)
  })

  test('are none of a process that has ended', () => {
    const { pid } = spawnSync('/bin/true')
    assert.deepEqual(ancestorsFrom(pid), [])
  })
})
