import { tool } from './tool.ts'

/** Whom a server runs as, seen from us. */
export interface Account {
  readonly name: string
  /** For starting a process as this account; empty: as ourselves. */
  readonly ids: { readonly uid?: number; readonly gid?: number }
  /** What mysqld has to be told: it refuses to run as root unasked. */
  readonly options: readonly string[]
}

export interface AccountRequest {
  readonly runAs: string | undefined
  /** Where the server comes from: what nobody signed is never run as root. */
  readonly from: 'debian' | 'npm'
}

export async function accountFor({ runAs, from }: AccountRequest): Promise<Account> {
  if (process.getuid?.() !== 0) return await ourselves(runAs)
  const name = runAs ?? (from === 'npm' ? 'nobody' : 'root')
  if (name === 'root' && from === 'npm') throw new Error('a server that nobody signed is not run as root')
  if (name === 'root') return { name, ids: {}, options: ['--user=root'] }
  const [uid, gid] = await Promise.all([idOf('-u', name), idOf('-g', name)])
  return { name, ids: { uid, gid }, options: [] }
}

async function ourselves(runAs: string | undefined): Promise<Account> {
  const name = await tool('id', ['-un']).catch(() => String(process.getuid?.()))
  if (runAs !== undefined && runAs !== name)
    throw new Error(`only root can run a server as ${runAs}, we are ${name}`)
  return { name, ids: {}, options: [] }
}

async function idOf(option: '-u' | '-g', name: string): Promise<number> {
  return Number(await tool('id', [option, name]))
}
