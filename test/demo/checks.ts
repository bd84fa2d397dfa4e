import type { Answer, WriterRows } from './answers.ts'
import type { BinaryLogPlace, Findings, Inside, TableFindings } from './examine.ts'
import { sum } from './sum.ts'
import { type Engine, engines } from './tables.ts'

/** Something that has to hold of a snapshot, and what was seen. */
export interface Check {
  readonly name: string
  readonly result: 'holds' | 'fails'
  readonly seen: string
}

export interface CopyFacts {
  readonly findings: Findings
  /** What somebody would go by who uses this copy. */
  readonly coordinates: BinaryLogPlace
  /** How many rows each writer had had acknowledged when the snapshot was taken. */
  readonly acknowledged: readonly number[]
}

/** What has to hold of any copy that is to be called a backup. */
export function checksOfCopy({ findings, coordinates, acknowledged }: CopyFacts): readonly Check[] {
  const { inside, starts } = findings
  return [
    check('a server starts on the copy', 'is' in starts, 'is' in starts ? starts.is : starts.trouble),
    endOfBinaryLog(findings.binaryLogEnd, coordinates),
    ...(inside ? checksInside(inside, acknowledged) : []),
  ]
}

function endOfBinaryLog(end: BinaryLogPlace, coordinates: BinaryLogPlace): Check {
  const [ends, noted] = [end, coordinates].map(formatPlace)
  const seen = ends === noted ? `${ends}, both` : `ends at ${ends}, the coordinates say ${noted}`
  return check('the binary log ends at the coordinates', ends === noted, seen)
}

function checksInside({ tables, rowsLogged }: Inside, acknowledged: readonly number[]): readonly Check[] {
  return [
    ...engines.map((engine) => soundTable(engine, tables[engine])),
    sameCount(tables),
    ...engines.map((engine) => nothingLost(engine, tables[engine], acknowledged)),
    coordinatesFitRows(rowsLogged, tables.innodb.rows),
  ]
}

const titles: Readonly<Record<Engine, string>> = { innodb: 'InnoDB', myisam: 'MyISAM' }

function soundTable(engine: Engine, { complaints }: TableFindings): Check {
  const name = `CHECK TABLE of ${titles[engine]}`
  const seen = told(complaints, (said) => said.join('; ') || 'OK')
  return check(name, 'is' in complaints && complaints.is.length === 0, seen)
}

function sameCount({ innodb, myisam }: Inside['tables']): Check {
  const isSame = 'is' in innodb.rows && 'is' in myisam.rows && innodb.rows.is === myisam.rows.is
  return check(
    'both tables have as many rows',
    isSame,
    `InnoDB ${told(innodb.rows, String)}, MyISAM ${told(myisam.rows, String)}`,
  )
}

/** A writer numbers its rows, so what is lost shows, wherever it is. */
function nothingLost(engine: Engine, { writers }: TableFindings, acknowledged: readonly number[]): Check {
  const name = `no acknowledged row lost in ${titles[engine]}`
  const isWhole = ({ count, highest }: WriterRows, at: number) =>
    count === highest && highest >= acknowledged[at]!
  const seen = told(writers, (rows) => {
    const there = rows.map(({ count }, at) => Math.min(count, acknowledged[at]!))
    return `${sum(there)} of ${sum(acknowledged)}`
  })
  return check(name, 'is' in writers && writers.is.every(isWhole), seen)
}

/** A replica that starts at the coordinates gets every row once: none before them is missing, none after them is there. */
function coordinatesFitRows(logged: Answer<number>, rows: Answer<number>): Check {
  const isSame = 'is' in logged && 'is' in rows && logged.is === rows.is
  return check(
    'the coordinates fit the rows',
    isSame,
    `${told(logged, String)} in the binary log up to them, ${told(rows, String)} in the InnoDB table`,
  )
}

export interface RunFacts {
  /** How many commits the writers saw between the end of pre-freeze-script and the start of post-thaw-script. */
  readonly commitsWhileFrozen: number
  /** What pre-freeze-script said. */
  readonly freeze: string
  /** coordinates.json of the copy; null where there is none. */
  readonly recorded: BinaryLogPlace | null
  /** Null where a signal ended it. */
  readonly thawExitCode: number | null
  /** Of the run's line in the log; undefined where there is none. */
  readonly verdict: string | undefined
}

/** What has to hold of a run of the scripts, beside what its copy shows. */
export function checksOfRun(facts: RunFacts): readonly Check[] {
  const { commitsWhileFrozen, freeze, recorded, thawExitCode, verdict } = facts
  const coordinates = recorded && formatPlace(recorded)
  return [
    check('no writer commits while frozen', commitsWhileFrozen === 0, `${commitsWhileFrozen} commits`),
    check(
      'the copy records the coordinates',
      freeze.startsWith(`frozen at ${coordinates},`),
      coordinates ?? 'there is no record in it',
    ),
    check('post-thaw-script succeeds', thawExitCode === 0, `exit code ${thawExitCode}`),
    check('the verdict is "consistent"', verdict === 'yes', `consistent: ${verdict ?? 'the log has no run'}`),
  ]
}

function check(name: string, holds: boolean, seen: string): Check {
  return { name, result: holds ? 'holds' : 'fails', seen }
}

function formatPlace({ file, position }: BinaryLogPlace): string {
  return `${file}:${position}`
}

function told<T>(answer: Answer<T>, text: (is: T) => string): string {
  return 'is' in answer ? text(answer.is) : answer.trouble
}
