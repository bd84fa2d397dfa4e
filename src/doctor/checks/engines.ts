import { Failure } from '../../core/failure.ts'
import { type Check, notApplicable, ok, warning } from '../check.ts'
import { type Answer, hasGlobal } from './privileges.ts'

export interface EngineFacts {
  /** Base tables outside the server's own schemas, by engine; what the account may not see is not in it. */
  readonly tables: Answer<readonly { readonly engine: string; readonly tables: number }[]>
  readonly grants: Answer<readonly string[]>
}

/** Engines of which the lock and the snapshot make a whole copy. FLUSH TABLES closes the files of those that have no log. */
const whole = new Set([
  'innodb',
  'myisam',
  'aria',
  'csv',
  'archive',
  'mrg_myisam',
  'blackhole',
  'sequence',
  'performance_schema',
  'rocksdb',
  'tokudb',
])

/** Why a snapshot does not have what is in such a table. */
const outside: Readonly<Record<string, string>> = {
  memory: 'lost at every restart, and so in no snapshot',
  federated: 'its rows are on another server, which is not locked',
  connect: 'its rows may be on another server, which is not locked',
  spider: 'its rows are on other servers, which are not locked',
  s3: 'its rows are in an object store',
  ndbcluster: 'its rows are in data nodes, which are not locked',
  ndb: 'its rows are in data nodes, which are not locked',
}

export function judgeEngines({ tables, grants }: EngineFacts): Check[] {
  const name = 'engines'
  if (tables instanceof Failure) return [notApplicable(name, tables.message)]
  const seen = tables.map(({ engine, tables: count }) => `${engine} ${count}`).join(', ')
  const unprotected = tables.filter(({ engine }) => !whole.has(engine.toLowerCase()))
  if (unprotected.length > 0) return unprotected.map(unsafe)
  if (!seesAll(grants))
    return [
      notApplicable(
        name,
        `this account sees ${seen === '' ? 'no tables' : `not every table, but ${seen}`}`,
        'as root: SELECT engine, COUNT(*) FROM information_schema.TABLES GROUP BY engine',
      ),
    ]
  return [ok(name, seen === '' ? 'no table yet' : `tables: ${seen}`)]
}

function unsafe({ engine, tables }: { readonly engine: string; readonly tables: number }): Check {
  const why = outside[engine.toLowerCase()] ?? 'nothing is known about its files under the lock'
  return warning(
    `engine ${engine}`,
    `${tables} ${tables === 1 ? 'table' : 'tables'}: ${why}`,
    'do not count on them after a restore',
  )
}

function seesAll(grants: EngineFacts['grants']): boolean {
  return !(grants instanceof Failure) && hasGlobal(grants, 'SELECT')
}
