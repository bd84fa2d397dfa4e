import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { inTime, until } from './until.ts'

/**
 * The judge of every scenario: somebody else's sessions on the same server. What holds is what they see, whatever the scripts say.
 */
export interface Writer {
  /** A fresh connection writes into an InnoDB and a MyISAM table; throws where anything keeps it waiting for a second. */
  writesAtOnce(): Promise<void>
  /** Whether it does. */
  canWrite(): Promise<boolean>
  /** A fresh connection reads both tables; throws where anything keeps it waiting for a second. */
  readsAtOnce(): Promise<void>
  /** Begins to write, and resolves when the server itself says that both writes wait for the global lock. */
  isKeptWaiting(): Promise<Waiting>
  /** Has a session of its own run statements; resolves when the last one is seen running, or the session idle after them. */
  occupies(...statements: readonly string[]): Promise<Occupation>
  /** Where the binary log ends, as the server tells it to us. */
  coordinates(): Promise<{ readonly file: string; readonly position: number; readonly gtid: string }>
  /** Ids of the sessions of an account, and what they do. */
  sessionsOf(user: string): Promise<readonly Session[]>
  ask(statement: string): Promise<readonly RowDataPacket[]>
}

export interface Waiting {
  /** Resolves when the writes are done, which is not before somebody unlocked; throws where nobody does. */
  readonly written: Promise<void>
  /** Does the server say that they all wait even now? */
  stillWaits(): Promise<boolean>
}

export interface Occupation extends AsyncDisposable {
  readonly id: number
  /** A statement that the session may go on with. */
  ask(statement: string): Promise<void>
  /** Has the session go on, which the global lock does not let it do. */
  isKeptWaitingAt(statement: string): Promise<Waiting>
}

export interface Session {
  readonly id: number
  readonly command: string
  readonly state: string
  readonly text: string
}

/** A writer at a server's socket, with two tables of its own. */
export async function writerAt(socket: string): Promise<Writer> {
  const fresh = () => createConnection({ socketPath: socket, user: 'root' })
  await once(['CREATE DATABASE IF NOT EXISTS shop', ...tables.map(create)])

  return {
    writesAtOnce,
    canWrite: () =>
      writesAtOnce().then(
        () => true,
        () => false,
      ),
    readsAtOnce: () => once([impatient, ...tables.map((table) => `SELECT COUNT(*) FROM shop.${table}`)]),
    async isKeptWaiting() {
      const writers = await Promise.all(tables.map(fresh))
      return await waiting(writers, tables.map(insert))
    },
    async occupies(...statements) {
      const session = await fresh()
      session.on('error', () => {})
      const work = statements.reduce(
        (before, statement) => before.then(() => session.query(statement)),
        Promise.resolve<unknown>(undefined),
      )
      work.catch(() => {})
      await isOccupied(session.threadId, statements.at(-1) ?? '', work)
      return {
        id: session.threadId,
        ask: async (statement) => void (await session.query(statement)),
        isKeptWaitingAt: (statement) => waiting([session], [statement]),
        [Symbol.asyncDispose]: () => end(session),
      }
    },
    async coordinates() {
      const [status] = await ask(await coordinatesStatement())
      const [position] = await ask("SHOW GLOBAL VARIABLES LIKE 'gtid_binlog_pos'")
      const gtid = String(status?.['Executed_Gtid_Set'] ?? position?.['Value'] ?? '').replaceAll('\n', '')
      return { file: String(status?.['File']), position: Number(status?.['Position']), gtid }
    },
    async sessionsOf(user) {
      const rows = await ask('SHOW FULL PROCESSLIST')
      return rows.filter((row) => row['User'] === user).map(sessionFrom)
    },
    ask,
  }

  async function waiting(writers: readonly Connection[], statements: readonly string[]): Promise<Waiting> {
    const writes = writers.map((writer, index) => writer.query(statements[index]!))
    const written = inTime(finished(writers, writes), `done: ${statements.join(' and ')}`)
    written.catch(() => {})
    const ids = writers.map(({ threadId }) => threadId)
    const stillWaits = async () => (await Promise.all(ids.map(waitsForLock))).every(Boolean)
    await until(`the global lock keeps ${statements.join(' and ')} waiting`, stillWaits)
    return { written, stillWaits }
  }

  async function ask(statement: string): Promise<RowDataPacket[]> {
    const connection = await fresh()
    try {
      const [rows] = await connection.query<RowDataPacket[]>(statement)
      return rows
    } finally {
      connection.destroy()
    }
  }

  async function writesAtOnce(): Promise<void> {
    await once([impatient, ...tables.map(insert)])
  }

  async function once(statements: readonly string[]): Promise<void> {
    const connection = await fresh()
    try {
      for (const statement of statements) await connection.query(statement)
    } finally {
      connection.destroy()
    }
  }

  /**
   * The server goes on with a statement whose client has left; so it is told. With KILL QUERY: MySQL 5.7 closes the socket of a session
   * that is killed while the session may be at it still, and then it goes on at the socket of the next client, which has the same number.
   */
  async function end(session: Connection): Promise<void> {
    const { threadId } = session
    session.destroy()
    await until(`session ${threadId} is gone`, async () => {
      await ask(`KILL QUERY ${threadId}`).catch(() => {})
      // Who is let in one at a time asks again.
      return await sessionWith(threadId).then(
        (found) => found === undefined,
        () => false,
      )
    })
  }

  async function sessionWith(id: number): Promise<Session | undefined> {
    const rows = await ask('SHOW FULL PROCESSLIST')
    return rows.map(sessionFrom).find((session) => session.id === id)
  }

  async function waitsForLock(id: number): Promise<boolean> {
    return /waiting for .*(read|backup|commit) lock/i.test((await sessionWith(id))?.state ?? '')
  }

  async function isOccupied(id: number, last: string, work: Promise<unknown>): Promise<void> {
    let isDone = false
    void work.then(
      () => (isDone = true),
      () => {},
    )
    await until(`session ${id} is at ${last}`, async () => isDone || (await sessionWith(id))?.text === last)
  }

  async function coordinatesStatement(): Promise<string> {
    const [told] = await ask('SELECT VERSION() AS version')
    return /^(8\.[2-9]|9\.)/.test(String(told?.['version'])) ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS'
  }
}

const tables = ['orders', 'visits'] as const
const engines = { orders: 'InnoDB', visits: 'MyISAM' }
const impatient = 'SET SESSION lock_wait_timeout = 1'

function create(table: (typeof tables)[number]): string {
  return `CREATE TABLE IF NOT EXISTS shop.${table} (id INT AUTO_INCREMENT PRIMARY KEY) ENGINE=${engines[table]}`
}

function insert(table: (typeof tables)[number]): string {
  return `INSERT INTO shop.${table} () VALUES ()`
}

function sessionFrom(row: RowDataPacket): Session {
  return {
    id: Number(row['Id']),
    command: String(row['Command'] ?? ''),
    state: String(row['State'] ?? ''),
    text: String(row['Info'] ?? ''),
  }
}

async function finished(writers: readonly Connection[], writes: readonly Promise<unknown>[]): Promise<void> {
  try {
    await Promise.all(writes)
  } finally {
    for (const writer of writers) writer.destroy()
  }
}
