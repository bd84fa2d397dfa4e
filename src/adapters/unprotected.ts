import { recoveredEngines } from '../core/disk/engine-table.ts'
import { seesEveryTable } from './engines.ts'
import type { Link } from './mysql.ts'
import { quoted } from './rows.ts'

const systemSchemas = ['mysql', 'sys', 'information_schema', 'performance_schema']

/** Some tables that no recovery makes whole. Asked on MySQL 8 alone, where it is read from the data dictionary. */
export async function unprotected(link: Link, account: string): Promise<readonly string[] | 'cannot-tell'> {
  if (!(await seesEveryTable(link, account))) return 'cannot-tell'
  const tables = await link.ask(`
    SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME, ' (', ENGINE, ')') AS name FROM information_schema.TABLES
     WHERE TABLE_TYPE = 'BASE TABLE' AND ENGINE NOT IN (${quoted(recoveredEngines)})
       AND TABLE_SCHEMA NOT IN (${quoted(systemSchemas)})
     LIMIT 3`)
  return tables.map((row) => String(row['name']))
}
