import { join } from 'node:path'
import { dialectOf } from '../../src/core/dialect.ts'
import type { Server } from '../servers/start.ts'
import { checksOfCopy } from './checks.ts'
import { type BinaryLogPlace, examine } from './examine.ts'
import { snapshotOf } from './snapshot.ts'
import { stallsIn } from './stalls.ts'
import { happened, type Scene, type Take, timed } from './take.ts'

/** The same snapshot of a guest that nobody tells: the best its operator can do is to note the coordinates right before. */
export async function snapshotWithoutScripts({ place, server, writers, stop }: Scene): Promise<Take> {
  const copy = join(place.folder, 'without-scripts')

  const note = await timed(() => coordinatesOf(server))
  const acknowledged = writers.acknowledged()
  const snapshot = await timed(() => snapshotOf(place, { server, copy }))
  const again = await timed(() => writers.commit(1, stop))

  await snapshot.result.restore()
  const coordinates = note.result
  const findings = await examine({ original: server, copy, coordinates, writers: acknowledged.length })
  const begin = note.from
  return {
    timeline: [
      happened('coordinates', note, { begin, said: `noted ${coordinates.file}:${coordinates.position}` }),
      happened('snapshot', snapshot, { begin, said: snapshot.result.said }),
      happened('all write again', again, { begin, said: 'every writer has committed' }),
    ],
    stalls: stallsIn({ commits: writers.commits, run: snapshot, snapshot }),
    checks: checksOfCopy({ findings, coordinates, acknowledged }),
  }
}

async function coordinatesOf(server: Server): Promise<BinaryLogPlace> {
  const [file = '', position] = (await server.client(dialectOf(server).coordinates)).split('\t')
  return { file, position: Number(position) }
}
