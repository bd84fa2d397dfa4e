import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isCoordinates } from '../../src/core/coordinates.ts'
import { fieldsOf } from '../../src/core/fields.ts'
import type { BinaryLogPlace } from './examine.ts'

/** The coordinates that a restore would find in the record-dir of a copy; null where it finds none. */
export async function recordedIn(copy: string): Promise<BinaryLogPlace | null> {
  const text = await readFile(join(copy, 'record/coordinates.json'), 'utf8').catch(() => 'null')
  const record: unknown = JSON.parse(text)
  const { servers } = fieldsOf(record)
  const { coordinates } = fieldsOf(Array.isArray(servers) ? servers[0] : null)
  return isCoordinates(coordinates) ? coordinates : null
}
