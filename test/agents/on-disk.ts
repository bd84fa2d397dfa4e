import { join } from 'node:path'

/** What lies on the disk that is frozen: all that an ordinary machine has on its one disk. */
export function dataIn(place: string): string {
  return join(place, 'data')
}

export function recordIn(place: string): string {
  return join(place, 'record')
}

export function logsIn(place: string): string {
  return join(place, 'log')
}
