import * as fc from 'fast-check'
import type { GuestSettings } from './guest.ts'

/** Something that happens to a guest, sooner or later after the happening before it. */
export interface Happening {
  readonly what: What
  /** `wait`: milliseconds after the one before. `operations`: in the midst of a story, before its next operation but so many. */
  readonly when: { readonly wait: number } | { readonly operations: number }
}

export type What = (typeof whats)[number]

const whats = [
  'freeze',
  'thaw',
  'thaw with launcher',
  'freeze by another',
  'thaw by another',
  'kill pre-freeze',
  'kill locker',
  'kill thaw',
  'stop pre-freeze',
  'stop locker',
  'kill the launcher',
  'suspend thaw',
  'resume thaw',
  'suspend pre-freeze',
  'resume pre-freeze',
  'suspend locker',
  'resume locker',
  'resume locker, last heard first',
  'lose the connections',
  'crash the server',
  'remove waitforsnapshot',
  'remove waitforlock',
  'remove hold.json',
  'garble hold.json',
  'remove the lock files and hold.json',
  'hang the locker, and lose hold.json',
  'touch waitforsnapshot',
  'run a SELECT',
  'run an UPDATE',
  'reboot',
] as const

export const anyGuest: fc.Arbitrary<GuestSettings> = fc.record<GuestSettings>({
  server: fc.constantFrom(
    { family: 'mysql', version: '5.7.29', uuid: 'a', account: 'q@localhost' } as const,
    { family: 'mariadb', version: '10.11.19-MariaDB', uuid: null, account: 'q@localhost' } as const,
  ),
  servers: fc.constantFrom(1, 1, 2, 3),
  binaryLog: fc.constantFrom('on', 'off'),
  shows: fc.constantFrom('the lock', 'cannot-tell'),
  background: fc.constantFrom(0, 50),
  channels: fc.constantFrom<Record<string, 'running' | 'stopped'>[]>(
    {},
    {},
    { '': 'running', eu: 'stopped' },
  ),
  limits: fc.constantFrom(
    {
      replica: 'stop-sql',
      freezeWithin: 10_000,
      lockWait: 1000,
      quietQuery: 1000,
      flushWithin: 1500,
      holdAtMost: 5000,
      thawWithin: 3000,
    },
    {
      replica: 'lock',
      freezeWithin: 5000,
      lockWait: 2000,
      quietQuery: 0,
      flushWithin: 4000,
      holdAtMost: 1000,
      thawWithin: 1000,
    },
  ),
})

const anyHappening: fc.Arbitrary<Happening> = fc.record({
  what: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom<What>('freeze', 'thaw', 'thaw with launcher') },
    { weight: 4, arbitrary: fc.constantFrom<What>(...whats) },
  ),
  when: fc.oneof(
    fc.record({ wait: fc.oneof(fc.nat(5), fc.nat(250), fc.nat(1500), fc.nat(8000)) }),
    fc.record({ operations: fc.nat(25) }),
  ),
})

/** A freeze, and what happens from then on. */
export const anyHappenings: fc.Arbitrary<readonly Happening[]> = fc
  .array(anyHappening, { maxLength: 9 })
  .map((others) => [{ what: 'freeze', when: { wait: 0 } }, ...others])
