/** The product's account on the servers of the tests, with what its GRANTs are documented to be. */
export const account = { user: 'quiesce', password: "it's quiet" } as const

export const privileges = ['RELOAD', 'PROCESS', 'REPLICATION CLIENT'] as const

/** Statements that make an account of these privileges; `plugin` is what follows IDENTIFIED. */
export function accountWith({
  user,
  granted = privileges,
  identified = `BY '${account.password.replaceAll("'", "''")}'`,
  from = 'localhost',
}: {
  readonly user: string
  readonly granted?: readonly string[]
  readonly identified?: string
  readonly from?: string
}): string[] {
  const name = `'${user}'@'${from}'`
  const grant = granted.length === 0 ? [] : [`GRANT ${granted.join(', ')} ON *.* TO ${name}`]
  return [`CREATE USER ${name} IDENTIFIED ${identified}`, ...grant]
}
