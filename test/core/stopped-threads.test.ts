import { describe, test } from 'node:test'
import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import {
  formatStoppedThreads,
  parseStoppedThreads,
  type StoppedThreads,
} from '../../src/core/stopped-threads.ts'
import { record } from '../support/record.ts'

const anyJournal = record<StoppedThreads>({
  run: fc.string(),
  locker: record({ pid: fc.integer({ min: 1 }), startTime: fc.nat() }),
  servers: fc.array(record({ where: fc.string(), channels: fc.array(fc.string()) })),
})

describe('replica.json', () => {
  test('is read back as it was written', () =>
    fc.assert(
      fc.property(anyJournal, (stopped) => {
        assert.deepEqual(parseStoppedThreads(formatStoppedThreads(stopped)), stopped)
      }),
    ))

  test('is none where it is cut off anywhere', () =>
    fc.assert(
      fc.property(anyJournal, fc.nat(), (stopped, at) => {
        const text = formatStoppedThreads(stopped).trimEnd()
        assert.equal(parseStoppedThreads(text.slice(0, at % text.length)), null)
      }),
    ))
})
