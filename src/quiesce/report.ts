import type { Hold } from '../core/hold.ts'
import { type Check, conclude, firstReason, type Verdict } from '../core/verdict.ts'
import type { Log } from '../core/world.ts'

/** Who removed waitforsnapshot: only the thaw itself knows that the snapshot was over by then. */
export interface Release {
  readonly letGoBy: 'this thaw' | 'somebody else'
}

/** The verdict on a run, from all that is left of it. */
export function verdictOn(hold: Hold, { letGoBy }: Release): Verdict {
  const before = hold.ended?.verdict.checks ?? [lockerDied(hold)]
  if (hold.ended !== null && hold.ended.ending !== 'let-go') return conclude(before)
  return conclude([...before, letGo(letGoBy)])
}

/** The `run` line of the log: one for each run, written by who sees its end. */
export function reportRun(log: Log, hold: Hold, release: Release): Verdict {
  const verdict = verdictOn(hold, release)
  const { run, frozen, ended } = hold
  const facts = {
    run,
    askedAt: hold.askedAt,
    server: frozen?.server ?? null,
    lock: frozen?.lock ?? null,
    statements: frozen?.statements ?? [],
    why: frozen?.why ?? null,
    attempts: frozen?.attempts ?? 0,
    coordinates: frozen?.coordinates ?? null,
    coordinatesAre: frozen?.coordinatesAre ?? null,
    frozenAt: frozen?.at ?? null,
    ending: ended?.ending ?? 'died',
    heldFor: ended?.heldFor ?? null,
    steps: [...(frozen?.steps ?? []), ...(ended?.steps ?? [])],
    verdict: verdict.consistent,
    checks: verdict.checks,
    failure: ended?.failure ?? null,
  }
  const level = verdict.consistent === 'yes' ? 'info' : 'warn'
  log[level](facts, `run ${run}: consistent ${verdict.consistent}: ${firstReason(verdict)}`)
  return verdict
}

function lockerDied({ locker }: Hold): Check {
  const seen = `locktables (pid ${locker.pid}) died with the lock, before the snapshot was over`
  return { name: 'held until let go', result: 'no', seen }
}

function letGo(by: Release['letGoBy']): Check {
  const name = 'let go by the thaw'
  if (by === 'this thaw') return { name, result: 'yes', seen: 'post-thaw-script let go' }
  return { name, result: 'no', seen: 'somebody else let go before post-thaw-script came' }
}
