import type { Connection } from '../core/connection.ts'
import { dialectOf } from '../core/dialect.ts'
import { familyOf, type Server } from '../core/server.ts'
import type { Database } from '../core/world.ts'
import { holderOver, makeReady } from './holder.ts'
import { connect, type Link } from './mysql.ts'
import { observerOver } from './observer.ts'
import { replicaSessionOver } from './replica-session.ts'
import { pairs, variableRows } from './rows.ts'
import { setSession } from './session.ts'

/**
 * A server, reached as `connection()` says. Every statement of a run is here, in observer.ts, holder.ts and
 * lock-view.ts, replica-session.ts, and in the tables of core: lock-table.ts, dialect.ts and findings.ts.
 */
export function databaseAt(connection: () => Connection): Database {
  const ours = new Set<number>()
  let server: Server | undefined
  return {
    async observe() {
      const link = await asking()
      server = await identify(link)
      const home = await homeOf(link)
      return observerOver(link, { server, where: link.where, home, isOurs: (id) => ours.has(id) })
    },
    async connect(plan, limits) {
      const link = await login()
      const whose = server ?? (await identify(link))
      await makeReady(link, { server: whose, ...limits })
      const holder = holderOver(link, { plan, server: whose })
      await holder.read()
      return holder
    },
    async replica() {
      const link = await asking()
      return replicaSessionOver(link, server ?? (await identify(link)))
    },
  }

  /** A session that asks, for as long as a run may take. */
  async function asking(): Promise<Link> {
    const link = await login()
    await setSession(link, ['wait_timeout = 86400'])
    return link
  }

  async function login(): Promise<Link> {
    const link = await connect(connection())
    ours.add(link.id)
    return link
  }
}

/** MariaDB's server_uid is that of the machine, so two servers of one machine have the same (seen on 10.11). */
async function homeOf(link: Link): Promise<string> {
  const [told] = await link.ask('SELECT @@GLOBAL.hostname AS host, @@GLOBAL.datadir AS datadir')
  return `${String(told?.['datadir'])} of ${String(told?.['host'])}`
}

/** Which server this is, asked over this connection. */
export async function identify(link: Link): Promise<Server> {
  const [told] = await link.ask(
    'SELECT VERSION() AS version, @@version_comment AS comment, CURRENT_USER() AS account',
  )
  const version = String(told?.['version'])
  const family = familyOf(version, String(told?.['comment']))
  const { uuid } = dialectOf({ family, version })
  const variables = pairs(await link.ask(variableRows(uuid)))
  return { family, version, uuid: variables.get(uuid) ?? null, account: String(told?.['account']) }
}
