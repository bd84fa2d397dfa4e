/**
 * What the two lock files say when they are read together.
 *
 *     waitforlock  waitforsnapshot  alive
 *          -             -           no    thawed      nobody wants the tables locked
 *          x             x           yes   freezing    asked, not locked yet
 *          -             x           yes   frozen      the snapshot may be taken
 *          x             -           yes   cancelling  let go before the lock was there
 *          -             -           yes   thawing     let go, unlocking
 *             either one             no    abandoned   left by a locker that died, or by a reboot
 */
export type Phase = 'thawed' | 'freezing' | 'frozen' | 'cancelling' | 'thawing' | 'abandoned'

export interface PhaseFacts {
  readonly waitforlock: boolean
  readonly waitforsnapshot: boolean
  /** locktables runs and has not ended its hold. */
  readonly lockerAlive: boolean
  /** The pre-freeze-script that asked runs: until its locker has begun, it answers for the files. */
  readonly askerAlive: boolean
}

export function phaseOf({ waitforlock, waitforsnapshot, lockerAlive, askerAlive }: PhaseFacts): Phase {
  const alive = lockerAlive || (waitforlock && askerAlive)
  if (!alive) return waitforlock || waitforsnapshot ? 'abandoned' : 'thawed'
  if (waitforlock) return waitforsnapshot ? 'freezing' : 'cancelling'
  return waitforsnapshot ? 'frozen' : 'thawing'
}
