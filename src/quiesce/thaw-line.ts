import { formatSeconds } from '../core/duration.ts'
import { failures } from '../core/failure.ts'
import { placed } from '../core/server.ts'
import { firstReason } from '../core/verdict.ts'
import type { Refused } from './refused.ts'
import type { Thaw } from './thaw.ts'

/**
 * `freeze-failed`: something after us failed, so there is no snapshot to judge. Called with a word that nobody is known to thaw with,
 * it lets go, for no database may stay locked; but the snapshot may be yet to come.
 */
export type ThawEvent = 'thaw' | 'freeze-failed' | { readonly calledWith: string }

export interface Line {
  readonly line: string
  readonly exitCode: number
}

/** What post-thaw-script says of a thaw, and its exit code: 0 only where nothing speaks against the snapshot, and nothing is left stopped. */
export function thawLine(thaw: Thaw, event: ThawEvent): Line {
  const { line, exitCode } = lineOf(thaw, event)
  if (thaw.replica === undefined) return { line, exitCode }
  if (exitCode !== 0) return { line: `${thaw.replica}; ${line}`, exitCode }
  const stopped = failures['replica-stopped']
  return { line: `${line}, but ${thaw.replica}; ${stopped.hint}`, exitCode: stopped.exitCode }
}

function lineOf(thaw: Thaw, event: ThawEvent): Line {
  if (thaw.what === 'nothing to thaw') return done('nothing to thaw')
  if (thaw.what === 'refused') return refused(thaw, event)
  if (event === 'freeze-failed' && thaw.what === 'lost') return done('nothing to thaw')
  const left = thaw.what === 'thawed' ? thaw.hold.ended?.mayBeLocked : undefined
  if (left !== undefined) return notThawed(left)
  if (event === 'freeze-failed')
    return done(`let go${after(thaw)}; the freeze failed, so there is no verdict`)
  switch (thaw.what) {
    case 'lost':
      return {
        line: `whether the snapshot is consistent is unknown: nothing is left of the freeze that was called at ${thaw.since}; ${failures['verdict-unknown'].hint}`,
        exitCode: failures['verdict-unknown'].exitCode,
      }
    case 'superseded':
      return {
        line: `not consistent: its hold is over, and another freeze has begun since; ${failures['not-consistent'].hint}`,
        exitCode: failures['not-consistent'].exitCode,
      }
    case 'never held':
      return {
        line: `not consistent: let go before the lock was there; ${failures['not-consistent'].hint}`,
        exitCode: failures['not-consistent'].exitCode,
      }
    case 'unreadable':
      return {
        line: `let go, the verdict is unknown: hold.json is gone, or holds no hold; ${failures['verdict-unknown'].hint}`,
        exitCode: failures['verdict-unknown'].exitCode,
      }
    case 'thawed':
      return typeof event === 'object' && thaw.verdict.consistent === 'yes'
        ? { line: `thawed${after(thaw)}, ${noThaw(event)}`, exitCode: failures['verdict-unknown'].exitCode }
        : judged(thaw)
  }
}

function noThaw({ calledWith }: Exclude<ThawEvent, string>): string {
  const why = `post-thaw-script was called with ${calledWith}, which is no word for a thaw`
  return `whether the snapshot is consistent is unknown: ${why}; ${failures['verdict-unknown'].hint}`
}

/** Whatever the verdict: who reads one thing reads that somebody has to act. */
function notThawed(left: string): Line {
  const { hint, exitCode } = failures['may-be-locked']
  return { line: `not thawed: ${left}; ${hint}`, exitCode }
}

function judged(thaw: Extract<Thaw, { what: 'thawed' }>): Line {
  const reason = firstReason(thaw.verdict)
  switch (thaw.verdict.consistent) {
    case 'yes':
      return done(`thawed${after(thaw)}, the snapshot is consistent${unless(thaw)}`)
    case 'no':
      return {
        line: `thawed${after(thaw)}, the snapshot is not consistent: ${reason}; ${failures['not-consistent'].hint}`,
        exitCode: failures['not-consistent'].exitCode,
      }
    case 'unknown':
      return {
        line: `thawed${after(thaw)}, whether the snapshot is consistent is unknown: ${reason}; ${failures['verdict-unknown'].hint}`,
        exitCode: failures['verdict-unknown'].exitCode,
      }
  }
}

function refused({ invoker, why }: Refused, event: ThawEvent): Line {
  const what = `nothing was let go, for the freeze of ${invoker} was refused: ${why}`
  if (event === 'freeze-failed') return done(what)
  const { hint, exitCode } = failures['not-consistent']
  return { line: `not consistent: ${what}; ${hint}`, exitCode }
}

/** Consistent, and yet nothing to start a replica from: `instance` lets commits go on. */
function unless({ hold, verdict }: Extract<Thaw, { what: 'thawed' }>): string {
  const moved = hold.frozen?.servers.findIndex(({ coordinatesAre }) => coordinatesAre === 'not stable') ?? -1
  if (moved < 0) return ''
  const told = verdict.checks.filter(({ name }) => name === 'coordinates equal')[moved]
  return told === undefined ? '' : `, but ${placed(told.server ?? '', told.seen)}`
}

function after(thaw: Thaw): string {
  const heldFor = thaw.what === 'thawed' ? thaw.hold.ended?.heldFor : undefined
  return heldFor === undefined ? '' : ` after ${formatSeconds(heldFor)}`
}

function done(line: string): Line {
  return { line, exitCode: 0 }
}
