import { Failure } from '../../../src/core/failure.ts'
import type { FakeProcess } from './process.ts'
import type { Schedule, Timer } from './schedule.ts'

/** One connection, as the server sees it. */
export interface Session {
  readonly id: number
  /** Aborted for the client, when the server has ended the session. */
  readonly lost: AbortSignal
}

/** How a statement comes to its end. */
export interface Answer<T> {
  readonly done: (value: T) => void
  readonly failed: (failure: unknown) => void
}

/** How long the server takes for an answer, and to see that a client is gone, in milliseconds. */
export const latency = 1

interface Live extends Session {
  readonly process: FakeProcess
  readonly losing: AbortController
  /** The server ends it when it has said nothing for as long, in milliseconds. */
  readonly waitTimeout: number
  /** Statements that run: what is told to who waits for them when the session is lost. */
  readonly running: Set<(failure: Failure) => void>
  idle?: Timer
  isHungUp: boolean
}

export type Sessions = ReturnType<typeof fakeSessions>

export function fakeSessions(schedule: Schedule, { onEnd }: { readonly onEnd: (id: number) => void }) {
  const open = new Map<number, Live>()
  let nextId = 1
  return {
    open: open as ReadonlyMap<number, Session>,
    newId: () => nextId++,
    connect,
    request,
    hangUp,
    interrupt,
    end,
  }

  function connect(process: FakeProcess, { waitTimeout }: { readonly waitTimeout: number }): Session {
    const losing = new AbortController()
    const session: Live = {
      id: nextId++,
      lost: losing.signal,
      process,
      losing,
      waitTimeout,
      running: new Set(),
      isHungUp: false,
    }
    open.set(session.id, session)
    process.onEnd(() => hangUp(session))
    return session
  }

  /** A statement. Its end is told to a process that lives, on a session that is not closed meanwhile. */
  function request<T>({ id }: Session, begin: (answer: Answer<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      const session = open.get(id)
      if (session === undefined) return reject(connectionLost())
      if (session.process.end !== undefined || session.isHungUp) return
      session.idle?.cancel()
      session.running.add(reject)
      begin({
        done: (value) => finish(session, reject, () => resolve(value)),
        failed: (failure) => finish(session, reject, () => reject(failure)),
      })
    })
  }

  function finish(session: Live, statement: (failure: Failure) => void, tell: () => void): void {
    session.running.delete(statement)
    if (!open.has(session.id)) return
    if (session.isHungUp) return end(session.id)
    session.idle?.cancel()
    session.idle = schedule.after(session.waitTimeout, () => end(session.id))
    session.process.deliver(() => {
      if (!session.isHungUp) tell()
    })
  }

  /** The client has closed its end: a session sees it when its statement is over. */
  function hangUp({ id }: Session): void {
    const session = open.get(id)
    if (session === undefined) return
    session.isHungUp = true
    schedule.after(latency, () => {
      if (session.running.size === 0) end(id)
    })
  }

  /** KILL QUERY: a session whose client has left then sees it. */
  function interrupt(id: number): void {
    if (open.get(id)?.isHungUp === true) end(id)
  }

  /** The server ends a session, and its statements with it. */
  function end(id: number): void {
    const session = open.get(id)
    if (session === undefined) return
    open.delete(id)
    session.idle?.cancel()
    onEnd(id)
    session.process.deliver(() => {
      if (session.isHungUp) return
      session.losing.abort()
      for (const lost of session.running) lost(connectionLost())
    })
  }
}

function connectionLost(): Failure {
  return new Failure('connection-lost', 'the connection to /fake.sock was lost')
}
