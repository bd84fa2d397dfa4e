import type { LockView } from './findings.ts'
import { quoteAccount } from './server-error.ts'
import { isAtLeast, type Server } from './server.ts'

/** How to let the server show this account who has which lock; what to look for where it cannot show it. */
export function howToShow({ family, version, account }: Server, view: LockView): string {
  if (view !== 'none') return 'the server shows no session that has what the lock waits for'
  if (family === 'mariadb') return "INSTALL SONAME 'metadata_lock_info' lets the server show who has locks"
  if (!isAtLeast({ version }, '5.7'))
    return 'this server cannot show who has locks; SHOW PROCESSLIST lists who rests'
  const grant = `GRANT SELECT ON performance_schema.* TO ${quoteAccount(account)} shows who has locks`
  return isAtLeast({ version }, '8.0') ? grant : `${grant}, with ${instrument}`
}

/** Off by default on MySQL 5.7 (seen there), on from 8.0 on. */
const instrument =
  "UPDATE performance_schema.setup_instruments SET ENABLED = 'YES' WHERE NAME = 'wait/lock/metadata/sql/mdl'"

/** What a session's lock waits for, as the process list says it, and which tables this account sees in use. */
export interface LockWait {
  readonly state: string
  readonly tablesInUse: readonly string[]
}

/** By its state: it has the global lock, and its tables' old versions keep everybody out until they are closed. */
export function waitsForTables({ state }: LockWait): boolean {
  return /^waiting for table flush/i.test(state)
}

/** What a refused FLUSH TABLES WITH READ LOCK leaves shut, readers included (seen on MySQL 5.6, 5.7, 9.7). */
export function staysShut({ tablesInUse }: LockWait): string {
  const known = tablesInUse.length > 0
  const which = known ? tablesInUse.join(', ') : 'a table that this account does not see in use'
  return `${which} stays shut, for readers too, until the session that uses it ends`
}
