import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { record } from '../support/record.ts'
import { failures, type FailureCode } from '../../src/core/failure.ts'
import {
  type Ended,
  everyEnding,
  formatHold,
  type Frozen,
  type FrozenServer,
  type Hold,
  parseHold,
} from '../../src/core/hold.ts'
import type { Step } from '../../src/core/step.ts'
import { judge } from '../../src/core/checks.ts'
import { lockNames } from '../../src/core/lock-table.ts'
import {
  anyCoordinates,
  anyDiskEvidence,
  anyEnginesProof,
  anyEvidence,
  anyFlushProof,
  anyReplication,
} from '../support/any-evidence.ts'

const anySteps: fc.Arbitrary<readonly Step[]> = fc.array(record({ name: fc.string(), ms: fc.nat() }), {
  maxLength: 3,
})
const codes = Object.keys(failures).filter((code): code is FailureCode => code in failures)

const anyFrozenServer: fc.Arbitrary<FrozenServer> = record({
  where: fc.string(),
  server: record({
    family: fc.constantFrom('mysql', 'mariadb', 'percona'),
    version: fc.string(),
    uuid: fc.option(fc.string()),
    account: fc.string(),
  }),
  lock: fc.constantFrom(...lockNames),
  statements: fc.array(fc.string(), { maxLength: 3 }),
  why: fc.string(),
  coordinates: fc.option(anyCoordinates),
  coordinatesAre: fc.constantFrom('stable', 'not stable'),
  connection: fc.nat(),
  flushed: anyFlushProof,
  engines: anyEnginesProof,
  disk: anyDiskEvidence,
  replica: anyReplication,
  stopped: fc.array(fc.string(), { maxLength: 2 }),
})

const anyFrozen: fc.Arbitrary<Frozen> = record({
  at: fc.string(),
  attempts: fc.nat(),
  servers: fc.array(anyFrozenServer, { minLength: 1, maxLength: 2 }),
  steps: anySteps,
})

const anyDisks = anyEvidence.map(({ freeze }) => freeze.watched)

const endedWith = {
  at: fc.string(),
  lockedUntil: fc.option(fc.string()),
  ending: fc.constantFrom(...everyEnding),
  heldFor: fc.nat(),
  verdict: anyEvidence.map(judge),
  failure: fc.option(record({ code: fc.constantFrom(...codes), message: fc.string() })),
  stall: record({ attempts: fc.nat(), ms: fc.nat() }),
  steps: anySteps,
} as const

const anyEnded: fc.Arbitrary<Ended> = fc.oneof(record(endedWith), record({ ...endedWith, disks: anyDisks }))

const anyHold: fc.Arbitrary<Hold> = record({
  run: fc.string(),
  locker: record({ pid: fc.integer({ min: 1 }), startTime: fc.nat() }),
  asked: fc.string(),
  askedAt: fc.string(),
  doing: fc.string(),
  frozen: fc.option(anyFrozen),
  ended: fc.option(anyEnded),
})

describe('a hold', () => {
  test('is read back as it was written', () => {
    fc.assert(fc.property(anyHold, (hold) => assert.deepEqual(parseHold(formatHold(hold)), hold)))
  })

  test('that was cut off is none', () => {
    fc.assert(
      fc.property(anyHold, fc.nat(), (hold, where) => {
        const text = formatHold(hold).trimEnd()
        assert.equal(parseHold(text.slice(0, where % text.length)), null)
      }),
    )
  })

  test('of which one field is missing, or something else, is none', () => {
    fc.assert(
      fc.property(
        anyHold,
        anyFrozen,
        record(endedWith),
        fc.nat(),
        fc.constantFrom(undefined, true),
        (hold, frozen, ended, which, instead) => {
          const whole = { ...hold, frozen, ended: { ...ended, failure: { code: 'internal', message: '' } } }
          const broken = broke(whole, which, instead)
          assert.equal(parseHold(JSON.stringify(broken)), null, JSON.stringify(broken))
        },
      ),
    )
  })

  test('that names its invoker, or what was seen of disks, otherwise than we do is none', () => {
    fc.assert(
      fc.property(anyHold, anyEnded, (hold, ended) => {
        for (const bad of [
          { ...hold, invoker: 'qemu-ga' },
          { ...hold, ended: { ...ended, disks: true } },
          { ...hold, ended: { ...ended, disks: [{ name: '/' }] } },
        ])
          assert.equal(parseHold(JSON.stringify(bad)), null)
      }),
    )
  })

  test('whose verdict does not follow from its checks is none', () => {
    fc.assert(
      fc.property(anyHold, anyEnded, fc.constantFrom('yes', 'no', 'unknown'), (hold, ended, consistent) => {
        fc.pre(consistent !== ended.verdict.consistent)
        const broken = { ...hold, ended: { ...ended, verdict: { ...ended.verdict, consistent } } }
        assert.equal(parseHold(JSON.stringify(broken)), null)
      }),
    )
  })

  for (const text of ['', '\n', 'x', 'null', '[]', '{}', '0', '"run"'])
    test(`is none that says ${JSON.stringify(text)}`, () => assert.equal(parseHold(text), null))

  test('is none, and no error, whatever else the text is', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => assert.equal(parseHold(text), null)))
  })
})

/** The same but for one field, at any depth, which is gone or is `instead`. */
function broke(whole: object, which: number, instead: unknown): object {
  const fields = Object.entries(whole)
  const [name, value] = fields[which % fields.length] ?? ['', null]
  const deeper = Math.floor(which / fields.length)
  const isDeep =
    typeof value === 'object' && value !== null && Object.keys(value).length > 0 && deeper % 4 > 0
  const put = isDeep ? broke(value, Math.floor(deeper / 4), instead) : instead
  return Array.isArray(whole) ? whole.with(Number(name), put) : { ...whole, [name]: put }
}
