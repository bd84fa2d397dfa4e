import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dir as temporaryDir } from 'tmp-promise'
import type { Disk } from '../support/photograph/disk.ts'
import { hasOwnMounts } from '../support/photograph/own-mounts.ts'
import { openStudio } from '../support/photograph/studio.ts'
import type { DemoCall } from './call.ts'

/** Every folder and file of the demo; gone when it is disposed of, unless the folder is to be kept. */
export interface Place extends AsyncDisposable {
  readonly folder: string
  /** What the snapshots are of: the disk of a virtual machine, with the data directory and the record-dir. */
  readonly disk: string
  /** The same as a file system of its own, which is photographed; undefined where its files are copied. */
  readonly mounted: Disk | undefined
  readonly dataDir: string
  readonly stateDir: string
  readonly logFile: string
  /** The option file that MYSQL_QUIESCE_CONFIG names. */
  readonly config: string
  /** Of the account that the scripts log in as. */
  readonly password: string
}

export async function openPlace({ folder: after }: Pick<DemoCall, 'folder'>): Promise<Place> {
  const prefix = 'mysql-quiesce-demo'
  const folder = await temporaryDir({ prefix, unsafeCleanup: true })
  const state = await temporaryDir({ prefix, unsafeCleanup: true, tmpdir: memory(), mode: 0o700 })
  const studio = hasOwnMounts() ? await openStudio() : undefined
  const mounted = await studio?.disk('disk')
  const disk = mounted?.place ?? join(folder.path, 'disk')
  await mkdir(disk, { recursive: true })
  return {
    folder: folder.path,
    disk,
    mounted,
    dataDir: join(disk, 'data'),
    stateDir: state.path,
    logFile: join(folder.path, 'mysql-quiesce.log'),
    config: join(folder.path, 'mysql-quiesce.cnf'),
    password: randomBytes(16).toString('hex'),
    async [Symbol.asyncDispose]() {
      await mounted?.[Symbol.asyncDispose]()
      await studio?.[Symbol.asyncDispose]()
      await state.cleanup()
      if (after === 'removed') await folder.cleanup()
    },
  }
}

/** The two files of an installation: the settings, and the login that they name. Nobody else can read them. */
export async function writeSettings(
  { folder, disk, logFile, config, password }: Place,
  { user, socket }: { readonly user: string; readonly socket: string },
): Promise<void> {
  const login = join(folder, 'my.cnf')
  await writeOptions(login, 'client', { user, password, socket })
  await writeOptions(config, 'mysql-quiesce', {
    'defaults-file': login,
    'record-dir': join(disk, 'record'),
    'log-file': logFile,
  })
}

async function writeOptions(
  file: string,
  group: string,
  options: Readonly<Record<string, string>>,
): Promise<void> {
  const lines = Object.entries(options).map(([name, value]) => `${name} = "${value}"`)
  await writeFile(file, [`[${group}]`, ...lines, ''].join('\n'), { mode: 0o600 })
}

/** Where a state directory belongs: on a tmpfs, which no snapshot freezes. */
function memory(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
}
