import { now } from '../monotonic.ts'
import type { Subject } from '../subject.ts'
import { type Freezer, openFreezer } from './freezer.ts'
import type { Dirt } from './dirt.ts'

export interface FrozenSubject {
  readonly subject: Subject
  /** Where the file system of the database is mounted. */
  readonly place: string
  readonly dirt: Dirt
}

/** The same, followed by FIFREEZE, with what an agent does in between, beside pages that another process dirtied. */
export function frozenSubject({ subject, place, dirt }: FrozenSubject): Subject & AsyncDisposable {
  let freezer: Freezer | undefined
  return {
    snapshot: 500,
    async prepare() {
      await subject.prepare()
      freezer = await openFreezer(place)
      await dirt.make()
    },
    async freeze() {
      const { begin } = await subject.freeze()
      await freezer?.freeze()
      return { begin, end: now() }
    },
    async thaw() {
      const begin = now()
      await freezer?.thaw()
      return { begin, end: (await subject.thaw()).end }
    },
    lockers: () => subject.lockers(),
    async [Symbol.asyncDispose]() {
      await freezer?.[Symbol.asyncDispose]()
    },
  }
}
