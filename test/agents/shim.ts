import { join } from 'node:path'
import { tool } from '../servers/tool.ts'
import { programOf } from './program.ts'

export interface ShimRequest {
  /** The folder to put the library and its log into. */
  readonly folder: string
  /** `guard`: keeps the agent from freezing anything else. `host`: the same, and the wire to the host. */
  readonly kind: 'guard' | 'host'
  /** The mount point of the only disk that may be frozen. */
  readonly disk: string
  readonly freezing?: Freezing
}

/** What comes of freezing the disk; with `nothing`, no file system can be frozen, as those of ZFS. */
export type Freezing = 'works' | 'fails' | 'nothing'

/** The library that is put before an agent's own. */
export interface Shim {
  readonly library: string
  /** What the agent froze, thawed and, for `host`, said to its host. */
  readonly log: string
  /** Where the test, as the host, connects to. */
  readonly socket: string
}

/** Compiles it: its settings are in its code, so that a hook's environment has none of them. */
export async function makeShim({ folder, kind, disk, freezing = 'works' }: ShimRequest): Promise<Shim> {
  const shim = {
    library: join(folder, `${kind}.so`),
    log: join(folder, `${kind}.log`),
    socket: join(folder, 'host.sock'),
  }
  const settings = {
    MAY_FREEZE: freezing === 'nothing' ? '' : disk,
    SHIM_LOG: shim.log,
    HOST_SOCKET: shim.socket,
    ...(freezing === 'fails' ? { FREEZE_FAILS: 'yes' } : {}),
  }
  const sources = kind === 'host' ? ['guard.c', 'host.c'] : ['guard.c']
  await compile({
    settings,
    sources: sources.map((name) => join(import.meta.dirname, 'shim', name)),
    library: shim.library,
  })
  return shim
}

async function compile({
  settings,
  sources,
  library,
}: {
  readonly settings: Readonly<Record<string, string>>
  readonly sources: readonly string[]
  readonly library: string
}): Promise<void> {
  const tcc = await programOf('tcc')
  const inside = (option: string, place: string) => `${option}${join(tcc.folder, place)}`
  const [program, ...words] = tcc.command()
  await tool(program, [
    ...words,
    ...['-Wall', '-shared', '-nostdinc', inside('-B', 'usr/lib/x86_64-linux-gnu/tcc')],
    inside('-I', 'usr/lib/x86_64-linux-gnu/tcc/include'),
    inside('-I', 'usr/include/x86_64-linux-gnu'),
    inside('-I', 'usr/include'),
    inside('-L', 'usr/lib/x86_64-linux-gnu'),
    inside('-L', 'lib/x86_64-linux-gnu'),
    ...Object.entries(settings).map(([name, value]) => `-D${name}="${value}"`),
    ...['-o', library],
    ...sources,
  ])
}
