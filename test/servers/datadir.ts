import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { dir as temporaryDir } from 'tmp-promise'
import type { Account } from './account.ts'
import { exists } from './files.ts'
import { layoutOptions, temporaryFiles } from './options.ts'
import { serversDir, type FetchedServer } from './place.ts'
import { copyWhole, openWay } from './reach.ts'
import { tool } from './tool.ts'

export interface DataDirRequest {
  readonly server: FetchedServer
  readonly account: Account
  readonly dataDir: string
}

/**
 * Makes a data directory where there is none: root@localhost without a password and no other account to log in
 * with. One that is there, a snapshot's copy for example, is used as it is and only given to the account.
 */
export async function provideDataDir({ server, account, dataDir }: DataDirRequest): Promise<void> {
  await mkdir(dataDir, { recursive: true })
  await openWay(dataDir, account)
  if (!(await exists(join(dataDir, 'mysql')))) await fill({ server, account, dataDir })
  await give(dataDir, account)
}

async function fill({ server, account, dataDir }: DataDirRequest): Promise<void> {
  if ((await readdir(dataDir)).length > 0)
    throw new Error(`${dataDir} is not empty, and no data directory either`)
  const template = join(serversDir(), '.templates', templateName(server, account))
  if (!(await exists(template))) await makeTemplate({ server, account, dataDir: template })
  await tool('cp', ['-a', '--reflink=auto', `${template}/.`, dataDir])
}

/** Making a data directory takes seconds, copying one does not: one is kept for each server and account. */
async function makeTemplate({ server, account, dataDir }: DataDirRequest): Promise<void> {
  const stage = await temporaryDir({ unsafeCleanup: true })
  try {
    const fresh = join(stage.path, 'data')
    await mkdir(fresh)
    await openWay(fresh, account)
    await give(fresh, account)
    await initialise({ server, account, dataDir: fresh })
    // holds server_uuid, which every copy has to make for itself
    await rm(join(fresh, 'auto.cnf'), { force: true })
    await copyWhole(fresh, dataDir)
  } finally {
    await stage.cleanup()
  }
}

function templateName({ name, version, family }: FetchedServer, account: Account): string {
  const layout = createHash('sha256').update(layoutOptions({ family, version }).join(' ')).digest('hex')
  return `${name}-${version}-${account.name}-${layout.slice(0, 8)}`
}

async function initialise(request: DataDirRequest): Promise<void> {
  const { server, account, dataDir } = request
  const temporary = temporaryFiles({ ...server, dataDir })
  const common = [`--datadir=${dataDir}`, ...temporary, ...account.options, ...layoutOptions(server)]
  if (server.family === 'mariadb') await installMariaDb(request, common)
  else if (server.version.startsWith('5.6.')) await bootstrap(request, common)
  else await mysqld(request, ['--initialize-insecure', ...common])
}

async function installMariaDb({ server, account }: DataDirRequest, common: readonly string[]): Promise<void> {
  const how = ['--auth-root-authentication-method=normal', '--skip-test-db', '--force']
  const args = ['--no-defaults', `--basedir=${server.folder}`, ...how, ...common]
  await tool(join(server.folder, 'bin/mariadb-install-db'), args, account.ids)
}

/** What 5.6's own mysql_install_db does, which is written in perl and not in the tarball. */
async function bootstrap(request: DataDirRequest, common: readonly string[]): Promise<void> {
  const { account, dataDir, server } = request
  const share = join(server.folder, 'share')
  const scripts = ['mysql_system_tables.sql', 'mysql_system_tables_data.sql']
  const texts = await Promise.all(scripts.map((name) => readFile(join(share, name), 'utf8')))
  const input = ['use mysql;', ...texts, "DELETE FROM user WHERE User = '';\n"].join('\n')
  await mkdir(join(dataDir, 'mysql'))
  await give(dataDir, account)
  await mysqld(request, ['--bootstrap', `--lc-messages-dir=${share}`, ...common], input)
}

async function mysqld(
  { server, account }: DataDirRequest,
  args: readonly string[],
  input?: string,
): Promise<void> {
  const options = { ...account.ids, ...(input === undefined ? {} : { input }) }
  await tool(join(server.folder, 'bin/mysqld'), ['--no-defaults', ...args], options)
}

async function give(dir: string, { ids: { uid, gid } }: Account): Promise<void> {
  if (uid !== undefined) await tool('chown', ['-R', `${uid}:${gid}`, dir])
}
