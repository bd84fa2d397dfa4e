import { Failure } from '../../core/failure.ts'
import { type Check, notApplicable, ok, problem, warning } from '../check.ts'
import type { Answer } from './privileges.ts'

/** Global variables of the server, and its Innodb_redo_log_enabled, by name. */
export type Variables = Answer<ReadonlyMap<string, string>>

/** What a snapshot can be rolled forward from, and what a crash without one would cost. */
export function judgeDurability(variables: Variables): Check[] {
  if (variables instanceof Failure) return [notApplicable('binary log', variables.message)]
  return [...binlog(variables), innodb(variables), ...recovery(variables)]
}

function binlog(variables: ReadonlyMap<string, string>): Check[] {
  if (variables.get('log_bin') !== 'ON') {
    const off = warning(
      'binary log',
      'it is off: there are no coordinates, and no way forward from a snapshot',
      'log_bin in the configuration of the server, if you want to restore to a point in time',
    )
    return [off, notApplicable('sync_binlog', 'the binary log is off')]
  }
  return [ok('binary log', 'it is on'), syncBinlog(variables)]
}

function syncBinlog(variables: ReadonlyMap<string, string>): Check {
  const value = variables.get('sync_binlog') ?? '?'
  if (value === '1') return ok('sync_binlog', '1: every commit is in the binary log on disk')
  return warning(
    'sync_binlog',
    `${value}: a freeze syncs it, but a crash loses the end of the binary log`,
    'SET GLOBAL sync_binlog = 1, and in the configuration of the server',
  )
}

function innodb(variables: ReadonlyMap<string, string>): Check {
  const name = 'innodb_flush_log_at_trx_commit'
  const value = variables.get(name)
  if (value === undefined) return notApplicable(name, 'there is no InnoDB')
  if (value === '1') return ok(name, '1: every commit is on disk')
  return warning(
    name,
    `${value}: a freeze flushes, but a crash loses up to a second of commits`,
    `SET GLOBAL ${name} = 1, and in the configuration of the server`,
  )
}

/** What recovery needs from a snapshot; said only where it is missing. */
function recovery(variables: ReadonlyMap<string, string>): Check[] {
  const redoLog = problem(
    'redo log',
    'it is off: no server starts on a snapshot, and no freeze is made',
    'ALTER INSTANCE ENABLE INNODB REDO_LOG',
  )
  const doublewrite = warning(
    'innodb_doublewrite',
    'it is off: a page that is half written in the snapshot stays so, unless the storage writes whole pages',
    'innodb_doublewrite = ON in the configuration of the server',
  )
  return [
    ...(variables.get('Innodb_redo_log_enabled') === 'OFF' ? [redoLog] : []),
    ...(variables.get('innodb_doublewrite') === 'OFF' ? [doublewrite] : []),
  ]
}
