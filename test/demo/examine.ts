import { join } from 'node:path'
import { type Server, startServer } from '../servers/start.ts'
import { forgetTheProcess } from '../support/photograph/forget-process.ts'
import { type Answer, answerTo, complaintsOf, rowsWritten, type WriterRows, writerRowsOf } from './answers.ts'
import { binaryLogEnd } from './snapshot.ts'
import { type Engine, optionsFor, tables } from './tables.ts'

export interface ExamineRequest {
  /** The server that the copy is of. */
  readonly original: Server
  readonly copy: string
  readonly writers: number
  /** The coordinates that somebody would go by who uses this copy. */
  readonly coordinates: BinaryLogPlace
}

export interface BinaryLogPlace {
  readonly file: string
  readonly position: number
}

/** What a copy holds: its files as they were copied, and then what a server says that was started on it. */
export interface Findings {
  readonly binaryLogEnd: BinaryLogPlace
  /** The version, or why no server starts. */
  readonly starts: Answer<string>
  /** Null where no server starts. */
  readonly inside: Inside | null
}

export interface Inside {
  readonly tables: Readonly<Record<Engine, TableFindings>>
  /** How many rows the binary log has for the InnoDB table up to the coordinates. */
  readonly rowsLogged: Answer<number>
}

export interface TableFindings {
  readonly rows: Answer<number>
  readonly writers: Answer<readonly WriterRows[]>
  readonly complaints: Answer<readonly string[]>
}

/** Starts a second server on a copy and asks it. No table is repaired meanwhile, which MariaDB would do by itself. */
export async function examine(request: ExamineRequest): Promise<Findings> {
  const { original, copy } = request
  const dir = join(copy, 'data')
  const end = await binaryLogEnd(dir)
  await forgetTheProcess(dir)
  const options = ['--myisam-recover-options=OFF', ...optionsFor(original)]
  const started = await answerTo(startServer({ name: original.name, dir, options }))
  if ('trouble' in started) return { binaryLogEnd: end, starts: started, inside: null }
  await using server = started.is
  return { binaryLogEnd: end, starts: { is: server.version }, inside: await ask(server, request) }
}

async function ask(server: Server, { coordinates, writers }: ExamineRequest): Promise<Inside> {
  const innodb = await askAbout('innodb', server, writers)
  const myisam = await askAbout('myisam', server, writers)
  const events = server.client(`SHOW BINLOG EVENTS IN '${coordinates.file}'`)
  const rowsLogged = events.then((text) => rowsWritten(text, tables.innodb, coordinates.position))
  return { tables: { innodb, myisam }, rowsLogged: await answerTo(rowsLogged) }
}

/** CHECK TABLE comes last, for it marks a damaged table, which answers nothing from then on. */
async function askAbout(engine: Engine, server: Server, writers: number): Promise<TableFindings> {
  const table = tables[engine]
  const grouped = `SELECT writer, COUNT(*), MAX(number) FROM ${table} USE INDEX () GROUP BY writer`
  const count = server.client(`SELECT COUNT(*) FROM ${table}`)
  return {
    rows: await answerTo(count.then(Number)),
    writers: await answerTo(server.client(grouped).then((text) => writerRowsOf(text, writers))),
    complaints: await answerTo(server.client(`CHECK TABLE ${table} EXTENDED`).then(complaintsOf)),
  }
}
