import type { ReplicaChannel } from './replica.ts'

/**
 * Parallel workers of MySQL. What SHOW REPLICA STATUS says of them is as old as the last checkpoint: up to
 * `slave_checkpoint_period` (300 ms) and 512 transactions, and under our lock it may stay so, as who makes the next one waits (seen
 * on 5.7 and 9.7, 450 transactions behind). Where the order of commits is preserved, the last of them tells.
 */
export interface Workers {
  readonly order: 'preserved' | 'not preserved'
  /** Where each has come; `cannot tell` where nobody says it exactly, or not to this account. */
  readonly at: readonly WorkerPosition[] | 'cannot tell'
}

/** A row of mysql.slave_worker_info. */
export interface WorkerPosition {
  readonly channel: string
  readonly file: string
  readonly position: number
}

/** What the status does not say itself. */
export interface Applying {
  /** Null where one thread applies: what the status says is exact. */
  readonly workers: Workers | null
  /** Does every transaction have a GTID? */
  readonly gtids: 'every' | 'not every'
}

type Row = Readonly<Record<string, unknown>>

/** From a row of SHOW SLAVE STATUS, SHOW REPLICA STATUS or SHOW ALL SLAVES STATUS. */
export function channelFrom(row: Row, { workers, gtids }: Applying): ReplicaChannel {
  const said = reader(row)
  const applied = {
    file: said('Relay_Source_Log_File', 'Relay_Master_Log_File'),
    position: Number(said('Exec_Source_Log_Pos', 'Exec_Master_Log_Pos')),
  }
  const name = said('Channel_Name', 'Connection_name')
  const follows = followsGtid(said('Auto_Position', 'Using_Gtid')) ? 'GTID' : 'position'
  const sqlThread = said('Replica_SQL_Running', 'Slave_SQL_Running') === 'Yes' ? 'running' : 'stopped'
  return {
    name,
    source: `${said('Source_Host', 'Master_Host')}:${said('Source_Port', 'Master_Port')}`,
    ...exactly(applied, { name, sqlThread, follows, workers }),
    gtid: gtids === 'every' ? said('Executed_Gtid_Set', 'Gtid_Slave_Pos').replaceAll('\n', '') : '',
    follows,
    sqlThread,
  }
}

/** Reads the first of these columns that is there; names are compared as servers compare them, without regard to case. */
function reader(row: Row): (...names: readonly string[]) => string {
  const columns = new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]))
  return (...names) => {
    const found = names.map((name) => columns.get(name.toLowerCase())).find((value) => value != null)
    return typeof found === 'string' || typeof found === 'number' ? String(found) : ''
  }
}

/** Auto_Position is 0 or 1, Using_Gtid is No, Slave_Pos, Current_Pos or Replica_Pos. */
function followsGtid(said: string): boolean {
  return !/^(|0|no)$/i.test(said)
}

interface Applied {
  readonly file: string
  readonly position: number
}

interface Applier extends Pick<ReplicaChannel, 'name' | 'sqlThread' | 'follows'> {
  readonly workers: Workers | null
}

function exactly(
  said: Applied,
  { name, sqlThread, follows, workers }: Applier,
): Pick<ReplicaChannel, 'file' | 'position' | 'positionIs'> {
  if (workers === null) return { ...said, positionIs: 'exact' }
  if (workers.order === 'not preserved') return { ...said, positionIs: 'not exact' }
  // It stops with a checkpoint.
  if (sqlThread === 'stopped') return { ...said, positionIs: 'exact' }
  const reached = workers.at === 'cannot tell' ? [] : workers.at.filter(({ channel }) => channel === name)
  // A running channel has a row for each worker; with GTID_ONLY they stay as they were at its start.
  const silent = follows === 'GTID' && reached.every(({ file }) => file === '')
  if (reached.length === 0 || silent) return { ...said, positionIs: 'not exact' }
  const { file, position } = reached.reduce<Applied>(later, said)
  return { file, position, positionIs: 'exact' }
}

/** The later of two places in a binary log, whose files are numbered: `binlog.1000000` comes after `binlog.999999`. */
function later(one: Applied, other: Applied): Applied {
  const difference = numberOf(one) - numberOf(other) || one.position - other.position
  return difference < 0 ? other : one
}

function numberOf({ file }: Applied): number {
  return Number(/\d*$/.exec(file)?.[0])
}

/** The variables of MySQL that tell how it applies, as SHOW GLOBAL VARIABLES names them. */
export const applyingVariables = [
  'gtid_mode',
  'replica_parallel_workers',
  'slave_parallel_workers',
  'replica_preserve_commit_order',
  'slave_preserve_commit_order',
  'relay_log_info_repository',
] as const

/** How a MySQL applies. `rows`: of mysql.slave_worker_info, where they were given. */
export function applyingFrom(
  variables: ReadonlyMap<string, string>,
  rows: readonly Row[] | 'cannot tell',
): Applying {
  return {
    workers: workersFrom(variables, rows),
    gtids: variables.get('gtid_mode') === 'ON' ? 'every' : 'not every',
  }
}

function workersFrom(
  variables: ReadonlyMap<string, string>,
  rows: readonly Row[] | 'cannot tell',
): Workers | null {
  const value = (name: string) => variables.get(`replica_${name}`) ?? variables.get(`slave_${name}`)
  if (Number(value('parallel_workers') ?? 0) === 0) return null
  const order = value('preserve_commit_order') === 'ON' ? 'preserved' : 'not preserved'
  const inFiles = (variables.get('relay_log_info_repository') ?? 'TABLE') !== 'TABLE'
  return { order, at: inFiles || rows === 'cannot tell' ? 'cannot tell' : rows.map(workerFrom) }
}

function workerFrom(row: Row): WorkerPosition {
  const said = reader(row)
  return {
    channel: said('Channel_name'),
    file: said('Master_log_name'),
    position: Number(said('Master_log_pos')),
  }
}

/**
 * What speaks for a replica where MariaDB does not show its replication to this account: the rows of SHOW GLOBAL STATUS, and
 * what its sessions are (with PROCESS). A connection with a name that is stopped altogether leaves no sign.
 */
export function looksLikeReplica(status: ReadonlyMap<string, string>, commands: readonly string[]): boolean {
  const isSet = (name: string) => Number(status.get(name) ?? 0) > 0
  return (
    isSet('Slave_heartbeat_period') ||
    isSet('Slaves_running') ||
    commands.some((command) => command.startsWith('Slave_'))
  )
}
