import { setTimeout as sleep } from 'node:timers/promises'
import { commitsIn, firstAfter, length, type Span, stallIn } from './commits.ts'
import { now } from './monotonic.ts'
import { peakMemory, untilGone } from './processes.ts'
import type { Call, Subject } from './subject.ts'
import type { Writer } from './writer.ts'

/** One freeze, snapshot and thaw under load, as the caller and the writer saw it. */
export interface Take {
  readonly freeze: Call
  readonly thaw: Call
  /** When each commit of the writer was done; rising. */
  readonly commits: readonly number[]
}

/** How long the writer runs before the freeze, and after the thaw, in milliseconds. */
const around = 300

export interface TakeRequest {
  readonly subject: Subject
  readonly writer: Writer
  /** How long the writer runs from the freeze on, at least, in milliseconds. */
  readonly atLeast?: number
}

/** Throws where a commit went through between freeze and thaw: then there was no lock to measure. */
export async function takeUnderLoad({ writer, ...request }: TakeRequest): Promise<Take> {
  const [take] = await takeSet({ ...request, writers: [writer] })
  return take!
}

export interface SetRequest extends Omit<TakeRequest, 'writer'> {
  /** One at each server of the set. */
  readonly writers: readonly Writer[]
}

/** The same of several servers: as the writer of each saw it. */
export async function takeSet({ subject, writers, atLeast = 0 }: SetRequest): Promise<readonly Take[]> {
  await subject.prepare()
  await Promise.all(writers.map((writer) => writer.start()))
  await sleep(around)
  const freeze = await subject.freeze()
  const lockers = subject.lockers()
  if (subject.snapshot > 0) await sleep(subject.snapshot)
  const thaw = await subject.thaw()
  await sleep(Math.max(around, freeze.begin + atLeast - now()))
  const commits = await Promise.all(writers.map((writer) => writer.stop()))
  const takes = commits.map((each) => ({ freeze, thaw, commits: each }))
  await untilGone(lockers)
  for (const take of takes) assertLocked(take)
  return takes
}

/** The time between two commits around the snapshot. */
export function stallOf({ freeze, thaw, commits }: Take): Span {
  return stallIn(commits, { from: freeze.begin, to: thaw.end })
}

/** The stall without the time that the hypervisor itself took, in milliseconds. */
export function addedStall(take: Take): number {
  return length(stallOf(take)) - (take.thaw.begin - take.freeze.end)
}

/** From the start of the thaw to the first commit, in milliseconds. */
export function release({ thaw, commits }: Take): number {
  return firstAfter(commits, thaw.begin) - thaw.begin
}

export interface IdleTake {
  readonly freeze: Call
  /** The largest resident set that the lockers had up to their end, together, in bytes. */
  readonly lockerMemory: number
}

/** The same without a writer. The lockers are looked at closely, which costs time, but not that of the freeze. */
export async function takeIdle(subject: Subject): Promise<IdleTake> {
  await subject.prepare()
  const freeze = await subject.freeze()
  const memory = peakMemory(subject.lockers())
  await subject.thaw()
  return { freeze, lockerMemory: await memory }
}

function assertLocked({ freeze, thaw, commits }: Take): void {
  const seen = commitsIn(commits, { from: freeze.end, to: thaw.begin })
  if (seen > 0) throw new Error(`${seen} commits went through between freeze and thaw: it was not locked`)
}
