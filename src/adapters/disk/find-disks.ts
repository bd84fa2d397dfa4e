import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Coordinates } from '../../core/coordinates.ts'
import type { FileSystem } from '../../core/disk/disk-evidence.ts'
import { isSizeOf } from '../../core/disk/binary-log-size.ts'
import { notOnOurDisks } from '../../core/disk/mount-table.ts'
import type { ServerPaths } from '../../core/disk/server-paths.ts'
import type { ServerDisks, ServerPlace } from '../../core/world.ts'
import { errnoOf, systemMessage } from '../errno.ts'
import { filesElsewhere } from './files-elsewhere.ts'
import { type MountView, ourView, viewOf } from './mount-view.ts'
import { hasFileOpenIn, processListeningAt, serverProcesses } from './server-process.ts'

/**
 * Where the files of a server lie, as this process reaches them: through /proc/PID/root where the server has mounts of its own. A path
 * that exists here may be another server's, so it counts only where something shows that it is this one's: the size of its binary
 * log, or that the process which listens at our connection has files open there.
 */
export async function findDisks(server: ServerPlace): Promise<ServerDisks> {
  const { paths } = server
  const view = await viewOn(server)
  if (view === null) return nowhere(server)
  const [fileSystems, missing] = await fileSystemsOf(view, paths)
  const doubts = fileSystems.flatMap(({ name, type }) => {
    const why = notOnOurDisks(type)
    return why === null ? [] : [`${name} is ${why} (${type}): no snapshot of this machine's disks has it`]
  })
  return {
    fileSystems,
    doubts: [...missing, ...doubts],
    binaryLogSize: (file) => sizeOf(view, join(paths.binaryLogDir ?? paths.dataDir, file)),
  }
}

function nowhere({ paths: { dataDir }, where }: ServerPlace): ServerDisks {
  const doubt = `the data directory ${dataDir} of the server at ${where} is not on this machine, or is not seen from here: no snapshot of this machine's disks has it`
  return { fileSystems: [], doubts: [doubt], binaryLogSize: async () => null }
}

/** How that server sees files; null where nothing shows that we see the same. */
async function viewOn({ paths, transport, coordinates }: ServerPlace): Promise<MountView | null> {
  const pid = processListeningAt(transport, paths.socket)
  const listening = pid === null ? null : await viewOf(pid).catch(() => null)
  if (pid !== null && listening !== null && (await hasDataDirOpen(pid, listening, paths))) return listening
  for (const view of await otherViews(listening))
    if (await isItsBinaryLog(view, paths, coordinates)) return view
  return null
}

/** What listens may be a proxy. */
async function hasDataDirOpen(pid: number, view: MountView, { dataDir }: ServerPaths): Promise<boolean> {
  try {
    return hasFileOpenIn(pid, await view.nameOf(dataDir))
  } catch {
    return false
  }
}

/** Ours, and those of other servers' processes. */
async function otherViews(listening: MountView | null): Promise<readonly MountView[]> {
  const others = await Promise.all(serverProcesses().map((pid) => viewOf(pid).catch(() => null)))
  return [listening, await ourView(), ...others].filter((view) => view !== null)
}

/** How often a binary log that grows is looked at. */
const looks = 5

/** Its size lies between two positions that the server has told, one before and one after. */
async function isItsBinaryLog(
  view: MountView,
  { binaryLogDir }: ServerPaths,
  coordinates: () => Promise<Coordinates | null>,
): Promise<boolean> {
  if (binaryLogDir === null) return false
  for (let look = 0; look < looks; look++) {
    const before = await coordinates()
    if (before === null) return false
    const size = await sizeOf(view, join(binaryLogDir, before.file))
    const after = await coordinates()
    if (size === null || after === null) return false
    if (before.file === after.file && isSizeOf(size, before, after)) return true
  }
  return false
}

async function sizeOf(view: MountView, path: string): Promise<number | null> {
  try {
    return (await stat(await view.resolve(path))).size
  } catch {
    return null
  }
}

/** Each once; and what of the server could not be looked at. */
async function fileSystemsOf(
  view: MountView,
  paths: ServerPaths,
): Promise<readonly [readonly FileSystem[], readonly string[]]> {
  const found = new Map<number, FileSystem>()
  const missing: string[] = []
  const elsewhere = await filesElsewhere(view, paths.dataDir)
  for (const path of [paths.dataDir, ...paths.folders, ...elsewhere]) {
    try {
      const fileSystem = await view.fileSystemOf(path)
      if (!found.has(fileSystem.device)) found.set(fileSystem.device, fileSystem)
    } catch (error) {
      // A variable may name a folder that the server has never made.
      if (errnoOf(error) === 'ENOENT') continue
      missing.push(`${path} cannot be looked at: ${systemMessage(error)}`)
    }
  }
  return [[...found.values()], missing]
}
