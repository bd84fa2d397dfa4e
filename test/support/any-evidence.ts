import * as fc from 'fast-check'
import { record } from './record.ts'
import type { Coordinates } from '../../src/core/coordinates.ts'
import type { Evidence } from '../../src/core/verdict.ts'

export const anyCoordinates: fc.Arbitrary<Coordinates> = record({
  file: fc.constantFrom('binlog.000042', 'binlog.000043'),
  position: fc.constantFrom(4, 1187),
  gtid: fc.constantFrom('', 'a:1-7'),
})

const anyAnswer: fc.Arbitrary<Coordinates | null | 'not-asked'> = fc.oneof(
  anyCoordinates,
  fc.constantFrom(null, 'not-asked' as const),
)

/** What a locker may see before it unlocks. */
export const anyEvidence: fc.Arbitrary<Evidence> = record({
  ending: fc.constantFrom('let-go', 'expired', 'stopped', 'leash-broken', 'connection-lost', 'failed'),
  heldFor: fc.constant('5.0 s'),
  connection: record({ atFreeze: fc.constant(7), atThaw: fc.constantFrom(7, 8, null) }),
  coordinates: record({
    atFreeze: fc.option(anyCoordinates),
    atThaw: anyAnswer,
  }),
  lockSeen: fc.constantFrom<Evidence['lockSeen'][]>(true, false, 'cannot-tell', 'not-asked'),
})
