import { asFailure, Failure } from '../core/failure.ts'
import { isNobodyListening } from '../core/server-error.ts'
import { placed } from '../core/server.ts'
import { toEnd } from '../core/thread-pool.ts'
import type { Clock, Observer } from '../core/world.ts'
import type { LockedMember } from './member.ts'
import { inTime } from './race.ts'
import { allDone } from './together.ts'
import { until } from './until.ts'

/** How long a connection may take to go after KILL, in milliseconds. */
const goneWithin = 2000

/** How long it is only told to end its statement. */
const toldFor = 1000

/** How long the observer may take to answer, in milliseconds; then another connection does it. */
const answersWithin = 500

/**
 * A FLUSH TABLES WITH READ LOCK that failed can still hold the global lock, until its connection is closed (seen on MySQL
 * 5.6, 5.7, 8.0 and 9.7); and a session that is busy does not see that its client has left. So each connection is closed, told
 * to end its statement by the observer, and looked for. Throws `may-be-locked` where one stays, or nobody
 * could look.
 */
export async function leaveNothing(wanted: readonly LockedMember[], clock: Clock): Promise<void> {
  await allDone(wanted.map((member) => leaveOne(member, clock)))
}

/**
 * KILL CONNECTION is for who does not hear: MySQL 5.7 closes the socket of that session while it may be at it still, and then the
 * session goes on at the socket of the next client, which has the same number, and takes what that one sends (seen under load).
 */
async function leaveOne(member: LockedMember, clock: Clock): Promise<void> {
  const { database, observer, holder } = member
  const { connection } = holder
  await holder[Symbol.asyncDispose]()
  const stays = () => mayBeLocked(member, `is still there ${goneWithin} ms after it was told to go`)
  const leaving = goneFrom(observer, { connection, clock }).catch(async (error: unknown) => {
    if (asFailure(error).code !== 'connection-lost') throw error
    // Another one does it; where there is none to be had, nobody can tell.
    await using another = await database.observe().catch((refusal: unknown) => {
      if (isNobodyListening(refusal)) return null
      throw mayBeLocked(member, `could not be looked for (${asFailure(error).message})`)
    })
    // A server that is gone has taken the lock along.
    return another === null ? 'yes' : await goneFrom(another, { connection, clock })
  })
  if ((await inTime(leaving, { clock, within: goneWithin, late: stays })) !== 'yes') throw stays()
}

function mayBeLocked({ holder: { connection }, findings, name }: LockedMember, seen: string): Failure {
  const what = `the database may still be locked by connection ${connection}, which ${seen}: ${toEnd(connection, findings)}`
  return new Failure('may-be-locked', placed(name, what))
}

async function goneFrom(
  observer: Observer,
  { connection, clock }: { readonly connection: number; readonly clock: Clock },
): Promise<'yes' | 'late' | 'aborted'> {
  const began = clock.now()
  const late = () => new Failure('connection-lost', `the observer does not answer within ${answersWithin} ms`)
  const answer = <T>(question: Promise<T>) => inTime(question, { clock, within: answersWithin, late })
  const isGone = async () => {
    // Again and again: one that comes as a statement ends can be lost.
    if (clock.now() - began < toldFor) await answer(observer.endStatement(connection))
    else await answer(observer.endConnection(connection))
    return !(await answer(observer.isConnected(connection)))
  }
  return await until(isGone, { clock, within: goneWithin, every: 20 })
}
