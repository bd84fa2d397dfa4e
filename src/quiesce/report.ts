import type { Failure } from '../core/failure.ts'
import type { Hold } from '../core/hold.ts'
import type { ProcessIdentity } from '../core/process.ts'
import { type Check, conclude, firstReason, type Verdict } from '../core/verdict.ts'
import type { Log } from '../core/world.ts'

/**
 * Who removed waitforsnapshot: only the thaw itself knows that the snapshot was over by then. One that came `too early`, before the
 * lock was there, is of a snapshot that was taken without it.
 */
export interface Release {
  readonly letGoBy: 'this thaw' | 'this thaw, too early' | 'somebody else'
}

/** The verdict on a run, from all that is left of it; never better than what the locker itself has seen. */
export function verdictOn({ locker, ended }: Hold, { letGoBy }: Release): Verdict {
  if (ended === null) return conclude([lockerDied(locker), letGo(letGoBy)])
  const own = conclude(ended.verdict.checks)
  if (ended.ending !== 'let-go') return own
  const verdict = conclude([...own.checks, letGo(letGoBy)])
  return verdict.consistent === 'yes' ? { ...verdict, consistent: own.consistent } : verdict
}

/** The `run` line of the log: one for each run, written by who sees its end. */
export function reportRun(log: Log, hold: Hold, release: Release): Verdict {
  const verdict = verdictOn(hold, release)
  const { run, frozen, ended } = hold
  const facts = {
    run,
    askedAt: hold.askedAt,
    invoker: hold.invoker ?? null,
    servers: frozen?.servers ?? [],
    attempts: frozen?.attempts ?? ended?.stall.attempts ?? 0,
    stalledFor: ended?.stall.ms ?? null,
    frozenAt: frozen?.at ?? null,
    lockedUntil: ended?.lockedUntil ?? null,
    ending: ended?.ending ?? 'died',
    heldFor: ended?.heldFor ?? null,
    disks: ended?.disks ?? [],
    steps: [...(frozen?.steps ?? []), ...(ended?.steps ?? [])],
    verdict: verdict.consistent,
    checks: verdict.checks,
    failure: ended?.failure ?? null,
    ...(ended?.mayBeLocked === undefined ? {} : { mayBeLocked: ended.mayBeLocked }),
  }
  const level = verdict.consistent === 'yes' ? 'info' : 'warn'
  log[level](facts, `run ${run}: consistent ${verdict.consistent}: ${firstReason(verdict)}`)
  return verdict
}

/** The `run` line of a freeze that came to no hold: it failed before its locker had begun, or was refused. */
export function reportNoHold(
  log: Log,
  {
    run,
    askedAt,
    failure: { code, message },
  }: { readonly run: string; readonly askedAt: Date; readonly failure: Failure },
): void {
  const verdict = conclude([neverLocked(message)])
  const facts = {
    run,
    askedAt: askedAt.toISOString(),
    servers: [],
    attempts: 0,
    stalledFor: 0,
    frozenAt: null,
    lockedUntil: null,
    ending: 'failed',
    heldFor: 0,
    steps: [],
    verdict: verdict.consistent,
    checks: verdict.checks,
    failure: { code, message },
  }
  log.warn(facts, `run ${run}: consistent ${verdict.consistent}: ${firstReason(verdict)}`)
}

/** Of a run whose freeze failed. */
export function neverLocked(message: string): Check {
  return { name: 'lock granted', result: 'no', seen: `the lock was never there: ${message}` }
}

function lockerDied({ pid }: ProcessIdentity): Check {
  const seen = `locktables (pid ${pid}) died with the lock, before the snapshot was over`
  return { name: 'hold not expired', result: 'no', seen }
}

function letGo(by: Release['letGoBy']): Check {
  const name = 'let go by the thaw'
  if (by === 'this thaw') return { name, result: 'yes', seen: 'post-thaw-script let go' }
  if (by === 'this thaw, too early')
    return { name, result: 'no', seen: 'post-thaw-script came before the lock was there' }
  return { name, result: 'no', seen: 'somebody else let go before post-thaw-script came' }
}
