import type { FileSystem } from '../../core/disk/disk-evidence.ts'
import { recordDoubts } from '../../core/disk/record-doubts.ts'
import { Failure } from '../../core/failure.ts'
import { type Check, notApplicable, ok, problem } from '../check.ts'
import type { Answer } from './privileges.ts'

/** Where the files of a server and the record lie. */
export interface DiskFacts {
  readonly found: Answer<{ readonly fileSystems: readonly FileSystem[]; readonly doubts: readonly string[] }>
  /** The file system of record-dir, or of where it would be made. */
  readonly record: Answer<FileSystem>
  /** The program that syncs; null where there is none. */
  readonly sync: string | null
}

/** Whether a freeze will be able to say that everything is on disk; where it cannot, every verdict is "unknown". */
export function judgeDisks({ found, record, sync }: DiskFacts): Check[] {
  const name = 'on disk'
  if (found instanceof Failure) return [notApplicable(name, found.message)]
  const doubts = found.doubts.map((doubt) => problem(name, doubt, reach))
  const noSync = sync === null ? [problem('sync', 'there is no sync program', 'install coreutils')] : []
  return [...doubts, ...noSync, ...synced(name, found), ...judgeRecord(record, found.fileSystems)]
}

const reach =
  'run mysql-quiesce on the machine that has the files of the server on its disks, as root, and log in by the socket or 127.0.0.1'

function synced(
  name: string,
  {
    fileSystems,
    doubts,
  }: { readonly fileSystems: readonly FileSystem[]; readonly doubts: readonly string[] },
): Check[] {
  if (doubts.length > 0) return []
  return [ok(name, `synced at every freeze: ${fileSystems.map(named).join(', ')}`)]
}

function judgeRecord(record: DiskFacts['record'], ofServer: readonly FileSystem[]): Check[] {
  const name = 'record'
  if (record instanceof Failure) return [notApplicable(name, record.message)]
  const [doubt] = recordDoubts(record, ofServer)
  if (doubt === undefined) return [ok(name, `is on ${named(record)}, so the record is in the snapshot`)]
  const [seen = doubt, advice = ''] = doubt.split('; ')
  return [problem(name, seen, advice)]
}

function named({ name, type }: FileSystem): string {
  return `${name} (${type})`
}
