import type { FileSystem } from './disk-evidence.ts'
import { notOnOurDisks } from './mount-table.ts'

/** Why the record may not be in a snapshot of the servers; empty where it is. Of a server that was not found nothing can be said. */
export function recordDoubts(record: FileSystem, ofServers: readonly FileSystem[]): readonly string[] {
  const { name, type, device } = record
  const why = notOnOurDisks(type)
  if (why !== null)
    return [
      `record-dir is on ${name}, ${why} (${type}), so the record is not in the snapshot; ${advice(ofServers)}`,
    ]
  if (ofServers.length === 0 || ofServers.some((one) => one.device === device)) return []
  const places = ofServers.map((one) => one.name).join(', ')
  return [
    `record-dir is on ${name} (${type}), where the server (${places}) has no file, so the record may not be in the snapshot; ${advice(ofServers)}`,
  ]
}

function advice([first]: readonly FileSystem[]): string {
  const example = first === undefined ? '' : `, such as ${first.name === '/' ? '' : first.name}/mysql-quiesce`
  return `set record-dir to a folder on the file system of the data directory${example}`
}
