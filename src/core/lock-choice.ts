import { appliesTo, describeWhere } from './by-server.ts'
import { Failure } from './failure.ts'
import type { Findings, LockView } from './findings.ts'
import { lockNames, lockTable, type LockName, type LockRow } from './lock-table.ts'
import type { Server } from './server.ts'

/** The lock that is taken, and why this one, for people. */
export interface LockPlan extends LockRow {
  readonly why: string
}

interface Asked {
  readonly server: Pick<Server, 'family' | 'version'>
  readonly findings: Findings
}

/**
 * What `auto` tries, in this order: the coordinates stand still under each, and each waits for less than the next.
 * `instance` is not among them: under it commits go on.
 */
const autoOrder: readonly LockName[] = ['backup-stage', 'backup-locks', 'ftwrl']

/** The lock that is set, or that `auto` picks, as this server does it. Failure `lock-unavailable` names what it can do. */
export function chooseLock(wanted: LockName | 'auto', asked: Asked): LockPlan {
  if (wanted === 'auto') return automatic(asked)
  const { row, passedOver } = find(wanted, asked)
  if (row !== undefined) return { ...row, why: [`lock is set to ${wanted}`, ...passedOver].join('; ') }
  const can = lockNames.filter((name) => find(name, asked).row !== undefined)
  const { family, version } = asked.server
  throw new Failure(
    'lock-unavailable',
    `${wanted} cannot be had on this server (${family} ${version}): ${passedOver.join('; ')}; it can do ${can.join(', ')}`,
  )
}

/** Where the server shows this lock: `none`, too, where it is not known what it would show. */
export function whereShown({ seenAs }: Pick<LockPlan, 'seenAs'>, view: LockView): LockView {
  const known = { METADATA_LOCK_INFO: seenAs.lockInfo, metadata_locks: seenAs.metadataLocks, none: null }
  return known[view] === null ? 'none' : view
}

/** Every server can do ftwrl, so there is always one. */
function automatic(asked: Asked): LockPlan {
  const tried = autoOrder.map((name) => ({ name, ...findFor(asked, name) }))
  const chosen = tried.findIndex(({ row }) => row !== undefined)
  const { row, passedOver } = tried[chosen]!
  const without = tried.slice(0, chosen).map((one) => `no ${one.name}: ${one.passedOver.join(', ')}`)
  const why = [`auto: ${advantage[row!.lock]}`, ...without, ...passedOver].join('; ')
  return { ...row!, why }
}

/** Set, it is taken on a replica too; picked, it is not. */
function findFor(asked: Asked, name: LockName): ReturnType<typeof find> {
  if (name !== 'backup-stage' || asked.findings.isReplica === 'no') return find(name, asked)
  return { passedOver: ['under it a replica does not say exactly how far it is'] }
}

const advantage: Readonly<Record<LockName, string>> = {
  'backup-stage': 'backup-stage waits for no reader and for no transaction, and stops commits alone',
  'backup-locks': 'backup-locks waits for no reader and for no transaction, and stops commits alone',
  ftwrl: 'ftwrl is the one this server has that keeps coordinates still',
  instance: 'instance stops DDL alone',
}

/** The row of a lock that applies and whose needs are met, and what speaks against those before it. */
function find(
  name: LockName,
  { server, findings }: Asked,
): { readonly row?: LockRow; readonly passedOver: readonly string[] } {
  const rows = lockTable.filter(({ lock }) => lock === name)
  const here = rows.filter((row) => appliesTo(row, server))
  if (here.length === 0) return { passedOver: rows.map((row) => `it is there on ${describeWhere(row)}`) }
  const passedOver: string[] = []
  for (const row of here) {
    const unmet = row.needs.find(({ isMet }) => !isMet(findings))
    if (unmet === undefined) return { row, passedOver }
    passedOver.push(unmet.else)
  }
  return { passedOver }
}
