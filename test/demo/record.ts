import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { BinaryLogPlace } from './examine.ts'

/** The coordinates that a restore would find in the record-dir of a copy; null where it finds none. */
export async function recordedIn(copy: string): Promise<BinaryLogPlace | null> {
  const text = await readFile(join(copy, 'record/coordinates.json'), 'utf8').catch(() => 'null')
  const record: unknown = JSON.parse(text)
  return isRecord(record) ? record.coordinates : null
}

function isRecord(value: unknown): value is { readonly coordinates: BinaryLogPlace } {
  if (typeof value !== 'object' || value === null || !('coordinates' in value)) return false
  const { coordinates } = value
  return (
    typeof coordinates === 'object' &&
    coordinates !== null &&
    'file' in coordinates &&
    'position' in coordinates
  )
}
