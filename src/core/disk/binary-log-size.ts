import type { Coordinates } from '../coordinates.ts'

/** MySQL with binlog_encryption writes a header of its own, which the position leaves out (MySQL 8.0.14 and later). */
const encryptionHeader = 512

/**
 * Is a binary log of that many bytes the one in which the server is between these two positions? Two servers' logs are hardly ever
 * of one length: so it shows cheaply that a path leads to this server's files.
 */
export function isSizeOf(
  bytes: number,
  before: Pick<Coordinates, 'position'>,
  after: Pick<Coordinates, 'position'> = before,
): boolean {
  return [bytes, bytes - encryptionHeader].some((size) => size >= before.position && size <= after.position)
}

/** Why the path of the binary log is not shown to be this server's; null where it is. `bytes` is null where the file is not there. */
export function binaryLogDoubt(
  bytes: number | null,
  coordinates: Coordinates,
  coordinatesAre: 'stable' | 'not stable',
): string | null {
  const { file, position } = coordinates
  if (bytes === null) return `the binary log ${file} is not where the server says that it is`
  const after = coordinatesAre === 'stable' ? coordinates : { position: Number.MAX_SAFE_INTEGER }
  if (isSizeOf(bytes, coordinates, after)) return null
  return `${file} is ${bytes} bytes long, and the server is at ${position}: the files that were synced are not this server's`
}
