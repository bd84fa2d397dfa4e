import assert from 'node:assert/strict'
import { startServer } from '../servers/start.ts'
import type { Coordinates } from '../../src/core/coordinates.ts'
import type { Image } from '../support/photograph/disk.ts'
import { logFaults } from '../support/photograph/judge.ts'
import { recordedIn } from '../support/photograph/recorded.ts'
import { dataIn, recordIn } from './on-disk.ts'

/** What a copy of the disk has, seen by a server of its own. */
export interface Copied {
  /** Rows of the load, the same in both of its tables. */
  readonly rows: number
  /** As recorded; its binary log ends there. */
  readonly coordinates: Coordinates
}

/**
 * Boots a server on a copy of the disk, and throws where that is not what "consistent" says: a file system that
 * needs no recovery, the recorded coordinates in it, a binary log that ends there, and two tables of one moment.
 */
export async function judgeCopy(image: Image): Promise<Copied> {
  assert.ok(await image.isClean(), 'the copy of the file system needs no recovery')
  await using disk = await image.mount()
  const coordinates = await endOfBinaryLog(disk.place)
  await using server = await startServer({ name: 'mariadb-10.11', dir: dataIn(disk.place) })
  const counted = await server.client(
    'SELECT COUNT(*) FROM ledger.booked; SELECT COUNT(*) FROM ledger.mirrored',
  )
  const [booked, mirrored] = counted.split('\n').map(Number)
  assert.equal(mirrored, booked, 'both tables are of the same moment')
  // a table that was open has a warning as well
  const checked = await server.client('CHECK TABLE ledger.mirrored')
  assert.equal(checked, 'ledger.mirrored\tcheck\tstatus\tOK')
  return { rows: booked ?? 0, coordinates }
}

/** The record was written before the snapshot, so the copy has it; its binary log has to end there. */
async function endOfBinaryLog(place: string): Promise<Coordinates> {
  const coordinates = (await recordedIn(recordIn(place)))?.servers[0]?.coordinates
  assert.ok(coordinates, 'the copy has a record')
  assert.deepEqual(await logFaults(coordinates, dataIn(place)), [])
  return coordinates
}
