import type { Coordinates } from '../../../src/core/coordinates.ts'
import { Failure } from '../../../src/core/failure.ts'
import { rowFor } from '../../../src/core/by-server.ts'
import type { InTheWay } from '../../../src/core/blocker.ts'
import type { Findings } from '../../../src/core/findings.ts'
import { lockTable } from '../../../src/core/lock-table.ts'
import type { LogFlush } from '../../../src/core/flush.ts'
import type { Pulse } from '../../../src/core/pressure.ts'
import type { Server } from '../../../src/core/server.ts'
import type { Statement } from '../../../src/core/statement.ts'
import { plainFindings } from '../findings.ts'
import { globalLock } from './global-lock.ts'
import type { FakeProcess } from './process.ts'
import { fakeReplica } from './replica.ts'
import type { Schedule } from './schedule.ts'
import { fakeSessions, latency, type Session } from './sessions.ts'

export interface ServerSettings {
  readonly where?: string
  readonly server?: Server
  readonly binaryLog?: 'on' | 'off'
  /** What performance_schema shows of the lock. */
  readonly shows?: 'the lock' | 'nothing' | 'cannot-tell'
  /** Bytes of log that InnoDB writes by itself each millisecond, lock or no lock. */
  readonly background?: number
  /** What it answers about itself, where it is not the usual. */
  readonly findings?: Partial<Findings>
  /** The SQL thread of each channel, where it is a replica. */
  readonly channels?: Readonly<Record<string, 'running' | 'stopped'>>
}

export type FakeServer = ReturnType<typeof fakeServer>

/** A database server that is only its sessions, its locks, its binary log, and a writer that commits whenever it can. */
export function fakeServer(schedule: Schedule, settings: ServerSettings = {}) {
  const {
    where = '/run/a.sock',
    server = { family: 'mysql', version: '8.4.0', uuid: 'a-server', account: 'quiesce@localhost' },
    binaryLog = 'on',
    shows = 'the lock',
    background = 0,
    findings = {},
    channels = {},
  } = settings
  const foreign = new Set<{ readonly id: number; readonly since: number; readonly text: string }>()
  const commits: number[] = []
  let home = `the folder of ${where}`
  const isBusy = (how: 'reading' | 'writing') =>
    [...foreign].some(({ text }) => /^select/i.test(text) === (how === 'reading'))
  const { waitsFor } = rowFor(lockTable, server)!
  const lock = globalLock(schedule, { waitsForReaders: waitsFor === 'all', isBusy })
  const sessions = fakeSessions(schedule, { onEnd: lock.drop })
  const replica = fakeReplica(channels)
  const binlog = { file: 42, position: 1000 }
  let redo = { flushed: 0, at: 0 }
  let isDown = false
  let startedAt = -3_600_000
  let others = 10
  let killTakes = latency
  schedule.onPassing(commitUntil)

  return {
    identity: server,
    where,
    home: () => home,
    setHome: (another: string) => (home = another),
    /** When the writer committed, in milliseconds of the guest. */
    commits: commits as readonly number[],
    lock,
    replica,
    sessions,
    connect,
    ask,
    run,
    statements,
    coordinates,
    findings: (): Findings => ({
      ...plainFindings,
      isReplica: Object.keys(channels).length > 0 ? 'yes' : 'no',
      lockView: shows === 'cannot-tell' ? 'none' : 'metadata_locks',
      ...findings,
    }),
    pulse,
    /** How many connections others have. */
    setOthers: (connections: number) => void (others = connections),
    lockSeen: (session: number) => shows === 'the lock' && lock.isHeldBy(session),
    inTheWay,
    endStatement,
    flush: (): LogFlush => {
      redo = { flushed: lsn(), at: schedule.now() }
      return 'syncs'
    },
    flushStatus: () => ({ dirtyBlocks: 0, lsn: lsn(), flushedLsn: flushedLsn() }),
    kill: (session: number) => void schedule.after(killTakes, () => sessions.end(session)),
    setKillTakes: (milliseconds: number) => void (killTakes = milliseconds),
    crash,
    comeBack,
  }

  function connect(process: FakeProcess, limits: { readonly waitTimeout: number }): Session {
    if (isDown) throw nobodyListening()
    return sessions.connect(process, limits)
  }

  function ask<T>(session: Session, answer: () => T): Promise<T> {
    return sessions.request<T>(session, ({ done, failed }) => {
      schedule.after(latency, () => {
        try {
          done(answer())
        } catch (failure) {
          failed(failure)
        }
      })
    })
  }

  /** Somebody else's statement, until it is ended. */
  function run(text: string): { end(): void } {
    const one = { id: sessions.newId(), since: schedule.now(), text }
    foreign.add(one)
    return {
      end() {
        foreign.delete(one)
        lock.reconsider()
      },
    }
  }

  function statements(): readonly Statement[] {
    return [...foreign].map(({ id, since, text }) => {
      const age = Math.floor((schedule.now() - since) / 1000) * 1000
      return { id, user: 'app', host: 'localhost', command: 'Query', age, state: 'executing', text }
    })
  }

  function pulse(): Pulse {
    return {
      connections: sessions.open.size + others,
      uptime: Math.floor((schedule.now() - startedAt) / 1000),
    }
  }

  /** metadata_locks shows who writes: that is what a lock waits for first. */
  function inTheWay(): readonly InTheWay[] {
    if (shows === 'cannot-tell') return []
    return [...foreign].filter(({ text }) => !/^select/i.test(text)).map(({ id }) => ({ id, table: null }))
  }

  function endStatement(id: number): void {
    for (const one of foreign) if (one.id === id) foreign.delete(one)
    schedule.after(killTakes, () => sessions.interrupt(id))
    lock.reconsider()
  }

  function coordinates(): Coordinates | null {
    if (binaryLog === 'off') return null
    return {
      file: `binlog.0000${binlog.file}`,
      position: binlog.position,
      gtid: `a-server:1-${commits.length}`,
    }
  }

  function lsn(): number {
    return Math.floor(10_000 + 100 * commits.length + background * schedule.now())
  }

  /** InnoDB flushes by itself once a second. */
  function flushedLsn(): number {
    if (schedule.now() - redo.at >= 1000) redo = { flushed: lsn(), at: schedule.now() }
    return redo.flushed
  }

  function commitUntil(until: number): void {
    if (isDown || lock.stopsWriters()) return
    commits.push(until)
    binlog.position += 100
    replica.apply()
  }

  function comeBack(): void {
    isDown = false
    startedAt = schedule.now()
    replica.comeBack()
  }

  /** Every session ends, and nobody gets in until it comes back; the binary log then goes on in a new file. */
  function crash(): void {
    isDown = true
    for (const id of sessions.open.keys()) sessions.end(id)
    binlog.file++
    binlog.position = 4
  }
}

/** As the driver says it where nobody is at the socket. */
function nobodyListening(): Failure {
  return new Failure('server-unreachable', 'no server answers at /fake.sock', {
    cause: { code: 'ECONNREFUSED' },
  })
}
