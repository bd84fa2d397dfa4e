import type { Hold } from '../core/hold.ts'
import type { Handshake, Log } from '../core/world.ts'

interface Published {
  readonly handshake: Handshake
  readonly log: Log
  readonly run: string
  /** What hold.json has to say now. */
  readonly hold: () => Hold
}

/** Whoever changes it again and again is left to it then: a second freeze finds us all the same, and the end is published whatever comes. */
const mostTimes = 100

/** Writes hold.json again whenever it is gone or changed by another hand, until disposed of: a thaw and a second freeze go by it. */
export function keepPublished({ handshake, log, run, hold }: Published): Disposable {
  let times = 0
  return handshake.watch(() => {
    if (times < mostTimes) restore()
  })

  /** A directory that is gone or full is for those to tell who need it. To try there changes it, too, and so calls us again. */
  function restore(): void {
    try {
      if (!handshake.restore(hold())) return
      log.warn({ run, times }, 'hold.json was gone or changed, and is written again')
    } catch {
      // counted as well
    }
    times++
  }
}
