import type { Coordinates } from '../../../src/core/coordinates.ts'
import { Failure } from '../../../src/core/failure.ts'
import { lockPlanFor } from '../../../src/core/lock-plan.ts'
import type { Server } from '../../../src/core/server.ts'
import type { Statement } from '../../../src/core/statement.ts'
import { globalLock } from './global-lock.ts'
import type { FakeProcess } from './process.ts'
import type { Schedule } from './schedule.ts'
import { fakeSessions, latency, type Session } from './sessions.ts'

export interface ServerSettings {
  readonly server?: Server
  readonly binaryLog?: 'on' | 'off'
  /** What performance_schema shows of the lock. */
  readonly shows?: 'the lock' | 'nothing' | 'cannot-tell'
  /** Bytes of log that InnoDB writes by itself each millisecond, lock or no lock. */
  readonly background?: number
}

export type FakeServer = ReturnType<typeof fakeServer>

/** A database server that is only its sessions, its locks, its binary log, and a writer that commits whenever it can. */
export function fakeServer(schedule: Schedule, settings: ServerSettings = {}) {
  const {
    server = { family: 'mysql', version: '8.4.0', uuid: 'a-server', account: 'quiesce@localhost' },
    binaryLog = 'on',
    shows = 'the lock',
    background = 0,
  } = settings
  const foreign = new Set<{ readonly id: number; readonly since: number; readonly text: string }>()
  const commits: number[] = []
  const isBusy = (how: 'reading' | 'writing') =>
    [...foreign].some(({ text }) => /^select/i.test(text) === (how === 'reading'))
  const lock = globalLock(schedule, { ...lockPlanFor(server), isBusy })
  const sessions = fakeSessions(schedule, { onEnd: lock.drop })
  const binlog = { file: 42, position: 1000 }
  let redo = { flushed: 0, at: 0 }
  let isDown = false
  let killTakes = latency
  schedule.onPassing(commitUntil)

  return {
    identity: server,
    /** When the writer committed, in milliseconds of the guest. */
    commits: commits as readonly number[],
    lock,
    sessions,
    connect,
    ask,
    run,
    statements,
    coordinates,
    lockSeen: (session: number) =>
      shows === 'cannot-tell' ? shows : shows === 'the lock' && lock.isHeldBy(session),
    flush: () => void (redo = { flushed: lsn(), at: schedule.now() }),
    flushStatus: () => ({ dirtyBlocks: 0, lsn: lsn(), flushedLsn: flushedLsn() }),
    kill: (session: number) => void schedule.after(killTakes, () => sessions.end(session)),
    setKillTakes: (milliseconds: number) => void (killTakes = milliseconds),
    crash,
    comeBack: () => void (isDown = false),
  }

  function connect(process: FakeProcess, limits: { readonly waitTimeout: number }): Session {
    if (isDown) throw new Failure('server-unreachable', 'no server answers at /fake.sock')
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
  }

  /** Every session ends, and nobody gets in until it comes back; the binary log then goes on in a new file. */
  function crash(): void {
    isDown = true
    for (const id of sessions.open.keys()) sessions.end(id)
    binlog.file++
    binlog.position = 4
  }
}
