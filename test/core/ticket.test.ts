import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { record } from '../support/record.ts'
import { formatTicket, parseTicket, runId } from '../../src/core/ticket.ts'

const asking = { run: fc.string(), asker: record({ pid: fc.integer({ min: 1 }), startTime: fc.nat() }) }
const invoker = record({ name: fc.string(), freezes: fc.constantFrom('yes', 'no'), why: fc.string() })
const anyTicket = fc.oneof(record(asking), record({ ...asking, invoker }))

describe('a ticket', () => {
  test('is read back as it was written, from one line', () => {
    fc.assert(
      fc.property(anyTicket, (ticket) => {
        assert.deepEqual(parseTicket(formatTicket(ticket)), ticket)
        assert.equal(formatTicket(ticket).indexOf('\n'), formatTicket(ticket).length - 1)
      }),
    )
  })

  test('that was cut off is none', () => {
    fc.assert(
      fc.property(anyTicket, fc.nat(), (ticket, where) => {
        const text = formatTicket(ticket).trimEnd()
        assert.equal(parseTicket(text.slice(0, where % text.length)), null)
      }),
    )
  })

  for (const text of [
    '',
    '\n',
    'x',
    '0',
    'null',
    '[]',
    '{}',
    '{"run":"a"}',
    '{"run":1,"asker":{"pid":1,"startTime":1}}',
    '{"run":"a","asker":{"pid":1,"startTime":1},"invoker":"qemu-ga"}',
  ])
    test(`is none that says ${JSON.stringify(text)}`, () => assert.equal(parseTicket(text), null))

  test('is none, and no error, whatever else the text is', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => assert.equal(parseTicket(text), null)))
  })
})

describe('a run id', () => {
  test('says when the run began, in UTC, and has four hex digits', () => {
    const now = new Date('2026-11-20T12:34:56.789Z')
    assert.equal(runId(now, 0), '20261120T123456Z-0000')
    assert.equal(runId(now, 0.999_999), '20261120T123456Z-ffff')
    assert.equal(runId(now, 1 / 16), '20261120T123456Z-1000')
  })
})
