import { fieldsOf } from './fields.ts'

export type Family = 'mysql' | 'mariadb' | 'percona'

/** Which server this is: told by itself, over the connection that locks it. */
export interface Server {
  readonly family: Family
  /** As VERSION() has it. */
  readonly version: string
  /** @@server_uuid (MySQL, Percona) or @@server_uid (MariaDB); null where it has neither. */
  readonly uuid: string | null
  /** CURRENT_USER(): the account that grants are given to. */
  readonly account: string
}

const families: readonly unknown[] = ['mysql', 'mariadb', 'percona'] satisfies Family[]

export function isServer(value: unknown): value is Server {
  const { family, version, uuid, account } = fieldsOf(value)
  return (
    families.includes(family) &&
    typeof version === 'string' &&
    (uuid === null || typeof uuid === 'string') &&
    typeof account === 'string'
  )
}

/** The family, from VERSION() and @@version_comment. */
export function familyOf(version: string, comment: string): Family {
  if (/mariadb/i.test(version)) return 'mariadb'
  return /percona/i.test(comment) ? 'percona' : 'mysql'
}

/** Is the server's version at least this one? The numbers that count are the first three. */
export function isAtLeast({ version }: { readonly version: string }, wanted: string): boolean {
  const [seen, least] = [numbers(version), numbers(wanted)]
  for (const [index, part] of least.entries()) {
    const difference = (seen[index] ?? 0) - part
    if (difference !== 0) return difference > 0
  }
  return true
}

/** Behind a proxy MariaDB 10 may say 5.5.5 first, which old clients want to hear. */
function numbers(version: string): number[] {
  return (/^\d+(\.\d+)*/.exec(version.replace(/^5\.5\.5-(?=\d)/, ''))?.[0] ?? '').split('.').map(Number)
}

/** What is said of one server; `name` is '' where there is no other. */
export function placed(name: string, what: string): string {
  return name === '' ? what : `${name}: ${what}`
}
