import type { Link } from './mysql.ts'

/** Engines whose tables crash recovery makes whole, or that keep nothing on disk. */
const whole = ['InnoDB', 'ROCKSDB', 'ndbcluster', 'MEMORY', 'BLACKHOLE', 'PERFORMANCE_SCHEMA', 'FEDERATED']

const systemSchemas = ['mysql', 'sys', 'information_schema', 'performance_schema']

/**
 * Some tables of other engines. Only who has SELECT on everything sees every table: roles and partial revokes are not
 * looked into, so who has it by those cannot tell. Asked on MySQL 8 alone, where it is read from the data dictionary.
 */
export async function unprotected(link: Link, account: string): Promise<readonly string[] | 'cannot-tell'> {
  const grantee = account.replaceAll("'", "''")
  const [told] = await link.ask(`
    SELECT @@GLOBAL.partial_revokes AS partial, COUNT(*) AS granted FROM information_schema.USER_PRIVILEGES
     WHERE GRANTEE = '${grantee}' AND PRIVILEGE_TYPE = 'SELECT'`)
  if (Number(told?.['granted']) === 0 || Number(told?.['partial']) !== 0) return 'cannot-tell'
  const tables = await link.ask(`
    SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME, ' (', ENGINE, ')') AS name FROM information_schema.TABLES
     WHERE TABLE_TYPE = 'BASE TABLE' AND ENGINE NOT IN (${list(whole)})
       AND TABLE_SCHEMA NOT IN (${list(systemSchemas)})
     LIMIT 3`)
  return tables.map((row) => String(row['name']))
}

function list(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(', ')
}
