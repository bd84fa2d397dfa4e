import { type Family, isAtLeast, type Server } from './server.ts'

/** Where a row of a table of statements applies: these families, from this version on and below that one. */
export interface Where {
  readonly on: readonly Family[]
  readonly from?: string
  readonly below?: string
}

type Kind = Pick<Server, 'family' | 'version'>

export function appliesTo({ on, from, below }: Where, server: Kind): boolean {
  if (!on.includes(server.family)) return false
  return (from === undefined || isAtLeast(server, from)) && (below === undefined || !isAtLeast(server, below))
}

/** The first row that applies; the order of a table is its precedence. */
export function rowFor<Row extends Where>(rows: readonly Row[], server: Kind): Row | undefined {
  return rows.find((row) => appliesTo(row, server))
}

const names: Readonly<Record<Family, string>> = {
  mysql: 'MySQL',
  percona: 'Percona Server',
  mariadb: 'MariaDB',
}

/** For people: `MySQL and Percona Server >= 8.0`. */
export function describeWhere({ on, from, below }: Where): string {
  const who = on.map((family) => names[family]).join(' and ')
  return [who, from && `>= ${from}`, below && `< ${below}`].filter(Boolean).join(' ')
}
