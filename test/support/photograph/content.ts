import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import type { Server } from '../../servers/start.ts'
import { engineTables } from './engines.ts'

/** Names that one run makes, just before it. */
export interface Names {
  readonly database: string
  readonly account: string
}

export function namesOf(run: number): Names {
  return { database: `run_${run}`, account: `reader_${run}` }
}

/** A table of each engine with rows, an account with a grant, a routine, a view and a trigger: all made now. */
export async function makeContent(server: Server, { database, account }: Names): Promise<void> {
  const tables = engineTables(server)
  const create = tables.map(({ name, create: how }) => `CREATE TABLE ${database}.${name} ${how}`)
  const rows = tables.flatMap(({ name, row }) =>
    row === null ? [] : insertsInto(`${database}.${name}`, row, name === 'part_2' ? 1000 : 0),
  )
  await inSession(server.socket, async (session) => {
    await session.query(`CREATE DATABASE ${database}`)
    // MERGE names its tables as they are in its own database
    await session.query(`USE ${database}`)
    for (const statement of [...create, ...rows]) await session.query(statement)
    for (const statement of others(database, account)) await session.query(statement)
  })
}

/** A few of one row, each acknowledged by itself, and one of many. */
function insertsInto(table: string, row: (n: number) => string, from: number): string[] {
  const numbers = (first: number, count: number) =>
    Array.from({ length: count }, (_, index) => from + first + index)
  const single = numbers(1, 5).map((n) => `INSERT INTO ${table} VALUES ${row(n)}`)
  return [...single, `INSERT INTO ${table} VALUES ${numbers(6, 60).map(row).join(', ')}`]
}

function others(database: string, account: string): readonly string[] {
  return [
    `CREATE USER ${account}@localhost IDENTIFIED BY 'reads'`,
    `GRANT SELECT ON ${database}.* TO ${account}@localhost`,
    `CREATE PROCEDURE ${database}.counted() SELECT COUNT(*) FROM ${database}.innodb`,
    `CREATE VIEW ${database}.seen AS SELECT n FROM ${database}.myisam`,
    `CREATE TRIGGER ${database}.kept BEFORE DELETE ON ${database}.innodb FOR EACH ROW SET @kept = OLD.n`,
  ]
}

/** What was there of an earlier run is dropped, so that copies stay small. */
export async function dropContent(server: Server, { database, account }: Names): Promise<void> {
  await inSession(server.socket, async (session) => {
    await session.query(`DROP DATABASE ${database}`)
    await session.query(`DROP USER ${account}@localhost`)
  })
}

/** What a server says of its content, question by question; the same of a server and of its copy. */
export type Content = Readonly<Record<string, readonly RowDataPacket[]>>

export async function contentOf(server: Server): Promise<Content> {
  return await inSession(server.socket, async (session) => {
    const tables = await tablesOf(session)
    const gtid = server.family === 'mariadb' ? '@@gtid_binlog_pos' : '@@GLOBAL.gtid_executed'
    const answers: Record<string, readonly RowDataPacket[]> = {}
    const questions = { ...aboutAll, gtid: `SELECT ${gtid} AS gtid` }
    for (const [name, question] of Object.entries(questions)) answers[name] = await ask(session, question)
    // each by itself: one that is damaged is told by its name
    for (const table of tables) answers[table] = await ask(session, `CHECKSUM TABLE ${table}`)
    return answers
  })
}

const ours = `NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys')`

const aboutAll = {
  accounts: 'SELECT User AS user, Host AS host FROM mysql.user ORDER BY User, Host',
  grants: 'SELECT Host AS host, Db AS db, User AS user, Select_priv AS may FROM mysql.db ORDER BY User, Db',
  routines: `SELECT ROUTINE_SCHEMA AS s, ROUTINE_NAME AS n, ROUTINE_DEFINITION AS d FROM information_schema.ROUTINES
    WHERE ROUTINE_SCHEMA ${ours} ORDER BY 1, 2`,
  triggers: `SELECT TRIGGER_SCHEMA AS s, TRIGGER_NAME AS n, ACTION_STATEMENT AS a FROM information_schema.TRIGGERS
    WHERE TRIGGER_SCHEMA ${ours} ORDER BY 1, 2`,
  tables: `SELECT TABLE_SCHEMA AS s, TABLE_NAME AS n, TABLE_TYPE AS t FROM information_schema.TABLES
    WHERE TABLE_SCHEMA ${ours} ORDER BY 1, 2`,
} as const

/** What CHECK TABLE finds wrong with any table, those of the server itself included. */
export async function complaintsOf(server: Server): Promise<readonly string[]> {
  return await inSession(server.socket, async (session) => {
    const complaints: string[] = []
    for (const table of [...(await tablesOf(session)), ...(await tablesOf(session, 'mysql'))]) {
      const rows = await ask(session, `CHECK TABLE ${table}`)
      for (const row of rows) if (isComplaint(row)) complaints.push(`${table}: ${row['Msg_text']}`)
    }
    return complaints
  })
}

/** A note says that the engine has no CHECK TABLE; MySQL 5.7 warns of each table that is partitioned and not of InnoDB. */
function isComplaint(row: RowDataPacket): boolean {
  const [type, text] = [String(row['Msg_type']), String(row['Msg_text'])]
  if (type === 'note' || text.includes('is deprecated')) return false
  return type !== 'status' || text !== 'OK'
}

async function tablesOf(session: Connection, database?: string): Promise<readonly string[]> {
  const which = database === undefined ? ours : `= '${database}'`
  const rows = await ask(
    session,
    `SELECT CONCAT(TABLE_SCHEMA, '.', TABLE_NAME) AS name FROM information_schema.TABLES
      WHERE TABLE_SCHEMA ${which} AND TABLE_TYPE = 'BASE TABLE' ORDER BY 1`,
  )
  return rows.map((row) => String(row['name']))
}

async function ask(session: Connection, statement: string): Promise<readonly RowDataPacket[]> {
  const [rows] = await session.query<RowDataPacket[]>(statement)
  return rows.map((row) => ({ ...row }))
}

async function inSession<T>(socketPath: string, work: (session: Connection) => Promise<T>): Promise<T> {
  const session = await createConnection({ socketPath, user: 'root' })
  session.on('error', () => {})
  try {
    return await work(session)
  } finally {
    session.destroy()
  }
}
