import { mkdir, statfs, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dir as temporaryDir } from 'tmp-promise'

/** Everything on disk that the bench needs, for itself alone; gone when it is disposed of. */
export interface Place extends AsyncDisposable {
  readonly dataDir: string
  readonly logFile: string
  /** State directories; on a tmpfs, as /var/run is. */
  readonly states: { readonly ours: string; readonly baseline: string }
  /** Names the defaults-file, the record directory and the log. */
  readonly config: string
  /** The login, for the executables and for the command line client. */
  readonly defaultsFile: string
  /** A config that names the servers at these sockets as one set; its path. */
  configForSet(sockets: readonly string[]): Promise<string>
}

/** The data directory and the record directory lie where temporary files do, unless told: on a disk, for honest figures. */
export async function openPlace(parent = tmpdir()): Promise<Place> {
  const prefix = 'mysql-quiesce-bench'
  const disk = await temporaryDir({ prefix, unsafeCleanup: true, tmpdir: parent })
  const memory = await temporaryDir({ prefix, unsafeCleanup: true, tmpdir: await memoryDir() })
  const under = (name: string) => join(disk.path, name)
  const states = { ours: join(memory.path, 'ours'), baseline: join(memory.path, 'baseline') }
  const place = {
    dataDir: under('data'),
    logFile: under('quiesce.log'),
    states,
    config: under('quiesce.cnf'),
    defaultsFile: under('client.cnf'),
  }
  await Promise.all(Object.values(states).map((state) => mkdir(state, { mode: 0o700 })))
  const configFor = async (file: string, defaultsFiles: readonly string[]) =>
    await writeFile(file, settings({ ...place, defaultsFiles, records: under('records') }), { mode: 0o600 })
  await configFor(place.config, [place.defaultsFile])
  return {
    ...place,
    async configForSet(sockets) {
      const file = under(`set-of-${sockets.length}.cnf`)
      const defaultsFiles = sockets.map((_, index) => under(`client-${index}.cnf`))
      for (const [index, socket] of sockets.entries())
        await writeLogin({ defaultsFile: defaultsFiles[index]! }, socket)
      await configFor(file, defaultsFiles)
      return file
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([disk.cleanup(), memory.cleanup()])
    },
  }
}

/** Once the server is there. */
export async function writeLogin(
  { defaultsFile }: Pick<Place, 'defaultsFile'>,
  socket: string,
): Promise<void> {
  await writeFile(defaultsFile, `[client]\nuser = root\nsocket = ${socket}\n`, { mode: 0o600 })
}

function settings({
  defaultsFiles,
  records,
  logFile,
}: Record<'records' | 'logFile', string> & { readonly defaultsFiles: readonly string[] }) {
  return [
    '[mysql-quiesce]',
    ...defaultsFiles.map((file) => `defaults-file = ${file}`),
    `record-dir = ${records}`,
    `log-file = ${logFile}`,
    '',
  ].join('\n')
}

/** A tmpfs that we may write to; where there is none, the folder for temporary files. */
async function memoryDir(): Promise<string> {
  for (const folder of ['/run', '/dev/shm']) {
    const probe = await temporaryDir({ tmpdir: folder }).catch(() => undefined)
    await probe?.cleanup()
    if (probe && (await statfs(folder)).type === tmpfsMagic) return folder
  }
  return tmpdir()
}

/** TMPFS_MAGIC of statfs(2). */
const tmpfsMagic = 0x01021994
