import { Failure } from '../core/failure.ts'
import type { Stopwatch } from '../core/step.ts'
import type { Observer } from '../core/world.ts'
import { placed } from '../core/server.ts'
import type { Held } from './held.ts'
import { type Rehearsed, rehearse } from './member.ts'
import { unlessAborted } from './race.ts'
import { together, type Together } from './together.ts'

/** Logs in to every server of the set, and sees that each can be locked. Nothing is locked yet. */
export async function gather(held: Held, watch: Stopwatch): Promise<Together<Rehearsed>> {
  const { databases, giveUp, log, limits, run } = held
  const connecting = together(databases.map((database) => database.observe()))
  const observers = await watch.time('connect', () => unlessAborted(connecting, giveUp))
  try {
    noneTwice(observers.all)
    const rehearsals = observers.all.map((observer, index) => {
      const name = databases.length > 1 ? observer.where : ''
      return rehearse(databases[index]!, observer, { limits, name })
    })
    const all = await watch.time('rehearse', () => unlessAborted(Promise.all(rehearsals), giveUp))
    for (const { plan, findings, name } of all)
      log.info({ run, findings }, placed(name, `the lock is ${plan.lock}: ${plan.why}`))
    return { ...observers, all }
  } catch (error) {
    await observers[Symbol.asyncDispose]()
    throw error
  }
}

/** Two sessions may well hold a global lock of one server; but who asks for that has named another server than was meant. */
function noneTwice(observers: readonly Observer[]): void {
  const homes = observers.map(({ home }) => home)
  const second = homes.findIndex((home, index) => homes.indexOf(home) < index)
  if (second < 0) return
  const [one, other] = [observers[homes.indexOf(homes[second]!)]!, observers[second]!]
  throw new Failure(
    'bad-setting',
    `two defaults-files lead to one server: ${one.where} and ${other.where} have ${other.home}`,
  )
}
