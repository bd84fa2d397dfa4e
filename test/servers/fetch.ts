import { arch, platform } from 'node:os'
import { catalog, type ServerName } from './catalog.ts'
import { makeServer } from './make.ts'
import { findServer, serversDir, type FetchedServer } from './place.ts'
import { openWorkshop, type Workshop } from './workshop.ts'

export interface FetchOptions {
  /** The folder of all servers; `serversDir()` when left out. */
  readonly root?: string
  /** Called with a line of text at every step. */
  readonly progress?: (line: string) => void
  /** With the packages of further engines, in a folder of its own. */
  readonly engines?: boolean
}

export type Fetched =
  | { readonly name: ServerName; readonly server: FetchedServer }
  | { readonly name: ServerName; readonly error: unknown }

/** A server's folder. One that is there already is given at once; else it is downloaded and put together. */
export async function fetchServer(name: ServerName, options: FetchOptions = {}): Promise<FetchedServer> {
  const [fetched] = await fetchServers([name], options)
  if (fetched && 'server' in fetched) return fetched.server
  throw new Error(`${name} cannot be had: ${String(fetched?.error)}`, { cause: fetched?.error })
}

/** Several servers; one that cannot be had does not keep the others away. */
export async function fetchServers(
  names: readonly ServerName[],
  { root = serversDir(), progress = () => {}, engines = false }: FetchOptions = {},
): Promise<readonly Fetched[]> {
  const there = await Promise.all(names.map((name) => findServer(name, { root, engines })))
  if (there.every((one) => one !== undefined)) return there.map((server) => ({ name: server.name, server }))
  assertPlatform()
  await using workshop = await openWorkshop({ root, progress })
  const lanes = [...bySuites(names).values()].map((lane) => fetchInTurn(lane, { workshop, engines }))
  const fetched = (await Promise.all(lanes)).flat()
  return names.flatMap((name) => fetched.filter((one) => one.name === name))
}

function assertPlatform(): void {
  const here = `${platform()} ${arch()}`
  if (here !== 'linux x64') throw new Error(`these servers are for linux x64, this is ${here}`)
}

/** Servers of the same suites share apt's state and their downloads, and go one after the other. */
function bySuites(names: readonly ServerName[]): ReadonlyMap<string, readonly ServerName[]> {
  const lanes = new Map<string, ServerName[]>()
  for (const name of new Set(names)) {
    const { recipe } = catalog[name]
    const key = (recipe.from === 'npm' ? recipe.base : recipe).suites.join('+')
    lanes.set(key, [...(lanes.get(key) ?? []), name])
  }
  return lanes
}

async function fetchInTurn(
  names: readonly ServerName[],
  { workshop, engines }: { readonly workshop: Workshop; readonly engines: boolean },
): Promise<readonly Fetched[]> {
  const { root } = workshop
  const fetched: Fetched[] = []
  for (const name of names) {
    try {
      const server =
        (await findServer(name, { root, engines })) ?? (await makeServer(name, workshop, engines))
      fetched.push({ name, server })
    } catch (error) {
      fetched.push({ name, error })
    }
  }
  return fetched
}
