import { isDeepStrictEqual } from 'node:util'
import type { Coordinates } from '../../../src/core/coordinates.ts'
import type { FrozenServer } from '../../../src/core/hold.ts'
import type { ServerName } from '../../servers/catalog.ts'
import { type Server, startServer } from '../../servers/start.ts'
import { complaintsOf, type Content, contentOf } from './content.ts'
import { forgetTheProcess } from './forget-process.ts'
import { lengthOfLog, recordedIn } from './recorded.ts'
import { type Acknowledged, rowsIn } from './rows.ts'

/** What the server and its lock had told when the photograph was taken. */
export interface Expected {
  readonly run: string
  readonly coordinates: FrozenServer['coordinates']
  /** Acknowledged before pre-freeze-script ended. */
  readonly acknowledged: Acknowledged
  /** As the server itself said it under the lock. */
  readonly content: Content
}

/** Where things are in the mounted copy. */
export interface Restored {
  readonly name: ServerName
  readonly dataDir: string
  readonly recordDir: string
  /** Where the binary logs are; the data directory where nothing else is said. */
  readonly logDir?: string
  readonly options?: readonly string[]
}

/** Nothing is repaired when a table is opened: what is damaged is to be seen. */
const unmended = {
  mariadb: ['--myisam-recover-options=OFF', '--aria-recover-options=OFF'],
  mysql: ['--myisam-recover-options=OFF'],
} as const

/** Boots the server's own program on a restored copy, and gives what is not as "consistent" says; nothing where all is. */
export async function faultsOf(expected: Expected, restored: Restored): Promise<readonly string[]> {
  const { coordinates } = expected
  const { dataDir, logDir = dataDir } = restored
  return [
    ...(await recordFaults(expected, restored)),
    ...(await logFaults(coordinates, logDir)),
    ...(await bootFaults(restored, (server) => insideFaults(expected, server))),
  ]
}

/** What the server that boots there is found to lack; or why none does. */
export async function bootFaults(
  { name, dataDir: dir, options = [] }: Pick<Restored, 'name' | 'dataDir' | 'options'>,
  ask: (server: Server) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const family = name.startsWith('mariadb') ? 'mariadb' : 'mysql'
  await forgetTheProcess(dir)
  try {
    const server = await startServer({ name, dir, options: [...unmended[family], ...options] })
    try {
      return await ask(server)
    } finally {
      server.kill()
      await server.stop()
    }
  } catch (error) {
    return [`no server starts on it, or answers: ${firstLines(error)}`]
  }
}

/** A binary log that does not end at the coordinates; to be asked before a server starts. */
export async function logFaults(coordinates: Coordinates | null, logDir: string): Promise<readonly string[]> {
  if (coordinates === null) return []
  const length = await lengthOfLog(logDir, coordinates)
  const wanted = coordinates.position
  return length === wanted ? [] : [`${coordinates.file} ends at ${length ?? 'nothing'} and not at ${wanted}`]
}

async function recordFaults(
  { run, coordinates }: Expected,
  { recordDir }: Restored,
): Promise<readonly string[]> {
  const recorded = await recordedIn(recordDir)
  if (recorded === undefined) return ['coordinates.json is not in it']
  if (recorded.run !== run) return [`coordinates.json is of run ${recorded.run}, not of ${run}`]
  const inCopy = recorded.servers[0]?.coordinates
  return isDeepStrictEqual(inCopy, coordinates) ? [] : [`coordinates.json has ${JSON.stringify(inCopy)}`]
}

async function insideFaults({ acknowledged, content }: Expected, server: Server): Promise<readonly string[]> {
  const faults: string[] = []
  const told = await answer(() => contentOf(server))
  if ('trouble' in told) faults.push(told.trouble)
  else faults.push(...differences(content, told.is))
  const rows = await answer(() => rowsIn(server))
  if ('trouble' in rows) faults.push(rows.trouble)
  else faults.push(...missing(acknowledged, rows.is))
  const complaints = await answer(() => complaintsOf(server))
  return [...faults, ...('trouble' in complaints ? [complaints.trouble] : complaints.is)]
}

type Answer<T> = { readonly is: T } | { readonly trouble: string }

async function answer<T>(ask: () => Promise<T>): Promise<Answer<T>> {
  return await ask().then(
    (is) => ({ is }),
    (error: unknown) => ({ trouble: firstLines(error) }),
  )
}

function differences(wanted: Content, seen: Content): readonly string[] {
  return Object.keys({ ...wanted, ...seen })
    .filter((name) => !isDeepStrictEqual(wanted[name], seen[name]))
    .map((name) => `${name}: ${brief(seen[name])} and not ${brief(wanted[name])}`)
}

function missing(wanted: Acknowledged, seen: Acknowledged): readonly string[] {
  return (['innodb', 'myisam'] as const)
    .filter((engine) => seen[engine] < wanted[engine])
    .map((engine) => `${seen[engine]} of ${wanted[engine]} acknowledged rows in ${engine}`)
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 160 ? `${text.slice(0, 160)}...` : text
}

function firstLines(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n').slice(0, 4).join('; ')
}
