import { createTables as createCrowdTables, optionsFor } from '../demo/tables.ts'
import type { ServerName } from '../servers/catalog.ts'
import { fetchServer } from '../servers/fetch.ts'
import { type Server, startServer } from '../servers/start.ts'
import { baseline } from './baseline.ts'
import { openFloor } from './floor.ts'
import type { Lab } from './measure.ts'
import { ours } from './ours.ts'
import { openPlace, type Place, writeLogin } from './place.ts'
import { takeUnderLoad } from './take.ts'
import { startWriterInCrowd } from './writer.ts'
import { createTable } from './writer-table.ts'

/** One private server with everything that is measured on it. */
export interface Stand {
  readonly server: Server
  readonly place: Place
  readonly lab: Lab
}

export interface StandRequest {
  readonly name: ServerName
  /** The folder of the executables. */
  readonly bundle: string
  /** The folder that everything on disk is in; left out: the one of temporary files. */
  readonly disk?: string
  readonly progress: (line: string) => void
}

/** All of it is gone when `use` is done. */
export async function withStand<T>(request: StandRequest, use: (stand: Stand) => Promise<T>): Promise<T> {
  await using place = await openPlace(request.disk)
  await using server = await readyServer(request, place)
  await using writer = await startWriterInCrowd(server.socket)
  await using floor = await openFloor([server])
  const subjects = { ours: ours({ ...request, place }), floor, baseline: baseline({ server, place }) }
  // A server's first lock takes longer than all that follow: it is nobody's.
  await takeUnderLoad({ subject: floor, writer })
  return await use({ server, place, lab: { subjects, writer } })
}

async function readyServer({ name, progress }: StandRequest, place: Place): Promise<Server> {
  const fetched = await fetchServer(name, { progress })
  progress(`starting ${name}`)
  const server = await startServer({ name, dir: place.dataDir, options: optionsFor(fetched) })
  await server.client(createTable)
  await createCrowdTables(server, { password: 'nobody logs in with it' })
  await writeLogin(place, server.socket)
  return server
}
