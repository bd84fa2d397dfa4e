import { type Statement, words } from './statement.ts'

/** Sessions of the server itself, by the user it shows for them. */
const serverUsers = new Set([
  '',
  'system user',
  'event_scheduler',
  'unauthenticated user',
  'mysql.session',
  'mysql.sys',
  'mysql.infoschema',
  'mariadb.sys',
])

/**
 * May it be ended with KILL QUERY? A SELECT that only reads may. Never what replicates, never what the server does by
 * itself, never a backup: mysqldump, mydumper and MySQL Shell write SQL_NO_CACHE into what they read. A statement that
 * waits for a lock is a victim, no culprit.
 */
export function mayBeKilled({ user, command, state, text }: Statement): boolean {
  if (command !== 'Query' && command !== 'Execute') return false
  if (isOfTheServer({ user }) || /backup|dump|repl/i.test(user)) return false
  return !/^waiting for/i.test(state) && onlySelects(text) && !/\bsql_no_cache\b/i.test(text)
}

/** A thread or account of the server itself, which rests without having a lock of ours in its way. */
export function isOfTheServer({ user }: Pick<Statement, 'user'>): boolean {
  return serverUsers.has(user)
}

function onlySelects(text: string): boolean {
  return (
    /^select\b/i.test(words(text)) && !/\b(for\s+(update|share)|lock\s+in\s+share\s+mode|into)\b/i.test(text)
  )
}
