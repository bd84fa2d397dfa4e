import type { Coordinates } from '../core/coordinates.ts'
import { dialectOf } from '../core/dialect.ts'
import type { LockPlan } from '../core/lock-choice.ts'
import { quoteAccount } from '../core/server-error.ts'
import type { Server } from '../core/server.ts'
import type { Holder, Reading } from '../core/world.ts'
import type { Link, Row } from './mysql.ts'
import { setSession } from './session.ts'

interface Readying {
  readonly server: Server
  readonly lockWait: number
  readonly holdAtMost: number
}

/** Session settings, before anything is locked. */
export async function makeReady(link: Link, { server, lockWait, holdAtMost }: Readying): Promise<void> {
  // Should this process hang, the server itself drops the session, and the lock, one second after hold-at-most.
  const idle = Math.ceil(holdAtMost / 1000) + 1
  const { noTimeLimit } = dialectOf(server)
  const settings = [
    `wait_timeout = ${idle}`,
    `interactive_timeout = ${idle}`,
    `lock_wait_timeout = ${Math.ceil(lockWait / 1000)}`,
    ...(noTimeLimit === null ? [] : [noTimeLimit]),
  ]
  await setSession(link, settings)
}

export function holderOver(
  link: Link,
  { plan, server }: { readonly plan: LockPlan; readonly server: Server },
): Holder {
  const account = quoteAccount(server.account)
  const { coordinates, gtid, uuid } = dialectOf(server)
  const hasUuid = server.uuid !== null
  const wanted = [
    'CONNECTION_ID() AS connection',
    gtid && `${gtid} AS gtid`,
    hasUuid && `@@GLOBAL.${uuid} AS uuid`,
  ]
  const whoAndGtid = `SELECT ${wanted.filter(Boolean).join(', ')}`
  return {
    connection: link.id,
    lost: link.lost,
    async lock() {
      for (const { say, privilege } of plan.take) await link.ask(say, { privilege, account })
    },
    async read(): Promise<Reading> {
      const needs = { privilege: 'REPLICATION CLIENT', account }
      const [[told], [status]] = await link.askBoth([whoAndGtid, coordinates], needs)
      return {
        connection: Number(told?.['connection']),
        uuid: hasUuid ? String(told?.['uuid']) : null,
        coordinates: coordinatesFrom(status, told),
      }
    },
    async unlock() {
      for (const statement of plan.release) await link.ask(statement)
    },
    [Symbol.asyncDispose]: () => link[Symbol.asyncDispose](),
  }
}

/** Where the binary log ends now, without the GTID position that is asked for separately on MariaDB; null where it is off. */
export async function coordinatesNow(link: Link, server: Server): Promise<Coordinates | null> {
  const needs = { privilege: 'REPLICATION CLIENT', account: quoteAccount(server.account) }
  const [status] = await link.ask(dialectOf(server).coordinates, needs)
  return coordinatesFrom(status, undefined)
}

/** Of the row that the server shows; where the binary log is off it shows none. */
function coordinatesFrom(status: Row | undefined, told: Row | undefined): Coordinates | null {
  if (status === undefined) return null
  const gtid = String(status['Executed_Gtid_Set'] ?? told?.['gtid'] ?? '')
  return {
    file: String(status['File']),
    position: Number(status['Position']),
    gtid: gtid.replaceAll('\n', ''),
  }
}
