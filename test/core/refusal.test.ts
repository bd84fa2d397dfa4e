import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatRefusal, nameToTellApart, parseRefusal, type Refusal } from '../../src/core/refusal.ts'
import { callers } from '../../src/platforms/callers.ts'

const refusal: Refusal = {
  invoker: 'vmtoolsd',
  at: '2026-01-02T03:04:05.000Z',
  run: 'run-1',
  why: 'the tables are frozen already',
}

describe('the thaw of an invoker is told from that of others', () => {
  for (const [title, name, said, knownAs] of [
    ['by the agent that called', 'qemu-ga', undefined, 'qemu-ga'],
    ['by what a script says who it works for', 'veeam', 'veeam', 'veeam'],
    ['by what it says, known or not', 'nightly', 'nightly', 'nightly'],
    ['not by what no name is', 'vmtoolsd', 'a b', 'vmtoolsd'],
    ['not by the name of a shell or of a script', 'bash', undefined, null],
    ['not by an agent that only says its name', 'veeam', undefined, null],
  ] as const)
    test(title, () => {
      assert.equal(nameToTellApart({ name }, { said, callers }), knownAs)
    })

  test('in sh by the name of its process, which is the name that the ticket has', () => {
    assert.ok(callers.every(({ name, process = name }) => process === name))
  })
})

describe('a refusal', () => {
  test('is read as it was written', () => {
    for (const each of [refusal, { ...refusal, run: null }])
      assert.deepEqual(parseRefusal(formatRefusal(each)), each)
  })

  test('is none where anything is missing or of another kind', () => {
    const { why: _, ...less } = refusal
    for (const text of ['', '{', 'null', JSON.stringify(less), JSON.stringify({ ...refusal, run: 1 })])
      assert.equal(parseRefusal(text), null)
  })
})
