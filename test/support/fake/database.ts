import { Failure, type FailureCode } from '../../../src/core/failure.ts'
import type { Database, Holder, Observer, ReplicaSession } from '../../../src/core/world.ts'
import type { FakeProcess } from './process.ts'
import type { FakeServer } from './server.ts'
import type { Session } from './sessions.ts'

/** Never answers, as a server that hangs. */
export const never = Symbol('never')

/** Other answers than the model's: a value, or a failure when it throws. */
export type Answers = { observe?: Answer<void>; connect?: Answer<void>; replica?: Answer<void> } & {
  [Name in Asked<Observer>]?: Answer<Awaited<ReturnType<Observer[Name]>>>
} & {
  [Name in Asked<Holder>]?: Answer<Awaited<ReturnType<Holder[Name]>>>
} & {
  [Name in Asked<ReplicaSession>]?: Answer<Awaited<ReturnType<ReplicaSession[Name]>>>
}

type Asked<Asker> = Exclude<
  keyof Asker,
  'server' | 'where' | 'transport' | 'home' | 'lost' | 'connection' | symbol
>
type Answer<T> = () => T | typeof never

/** The database of one process, over the model server. */
export function fakeDatabase(server: FakeServer, process: FakeProcess, answers: Answers): Database {
  return {
    async observe() {
      const session = server.connect(process, { waitTimeout: 86_400_000 })
      await loggedIn(session, answers.observe)
      return observer(session)
    },
    async connect(_plan, { lockWait, holdAtMost }) {
      const session = server.connect(process, { waitTimeout: 1000 * (Math.ceil(holdAtMost / 1000) + 1) })
      await loggedIn(session, answers.connect)
      return holder(session, 1000 * Math.ceil(lockWait / 1000))
    },
    async replica() {
      const session = server.connect(process, { waitTimeout: 86_400_000 })
      await loggedIn(session, answers.replica)
      return replicaSession(session)
    },
  }

  /** Who is refused has no session. */
  async function loggedIn(session: Session, instead: Answer<void> | undefined): Promise<void> {
    await asked(session, instead, () => {}).catch((refused: unknown) => {
      server.sessions.hangUp(session)
      throw refused
    })
  }

  function observer(session: Session): Observer {
    return {
      server: server.identity,
      where: server.where,
      home: server.home(),
      transport: { kind: 'socket', path: server.where },
      paths: () => asked(session, answers.paths, () => ({ ...fakePaths, socket: server.where })),
      coordinates: () => asked(session, answers.coordinates, server.coordinates),
      binaryLogEvents: () => asked(session, answers.binaryLogEvents, () => []),
      findings: () => asked(session, answers.findings, server.findings),
      pulse: () => asked(session, answers.pulse, server.pulse),
      statements: () => asked(session, answers.statements, server.statements),
      redoLog: () => asked(session, answers.redoLog, () => 'on'),
      mayWatchOthers: () => asked(session, answers.mayWatchOthers, () => {}),
      flushLogs: () => asked(session, answers.flushLogs, server.flush),
      flushStatus: () => asked(session, answers.flushStatus, server.flushStatus),
      loadedEngines: () => asked(session, answers.loadedEngines, () => ['InnoDB', 'MyISAM']),
      enginesWithTables: () => asked(session, answers.enginesWithTables, () => ({ engines: [], all: false })),
      ownLog: () => asked(session, answers.ownLog, () => null),
      flushOwnLog: () => asked(session, answers.flushOwnLog, () => true),
      isConnected: (id) => asked(session, answers.isConnected, () => server.sessions.open.has(id)),
      endConnection: (id) => asked(session, answers.endConnection, () => server.kill(id)),
      endStatement: (id) => asked(session, answers.endStatement, () => server.endStatement(id)),
      inTheWayOf: () => asked(session, answers.inTheWayOf, server.inTheWay),
      unprotected: () => asked(session, answers.unprotected, () => []),
      lockSeen: (id) => asked(session, answers.lockSeen, () => server.lockSeen(id)),
      [Symbol.asyncDispose]: async () => server.sessions.hangUp(session),
    }
  }

  function holder(session: Session, lockWait: number): Holder {
    const { id: connection, lost } = session
    return {
      connection,
      lost,
      lock: () =>
        answers.lock
          ? asked(session, answers.lock, () => {})
          : server.sessions.request(session, (answer) => server.lock.lock(connection, { lockWait, answer })),
      read: () =>
        asked(session, answers.read, () => ({
          connection,
          uuid: server.identity.uuid,
          coordinates: server.coordinates(),
        })),
      unlock: () => asked(session, answers.unlock, () => server.lock.drop(connection)),
      [Symbol.asyncDispose]: async () => server.sessions.hangUp(session),
    }
  }

  function replicaSession(session: Session): ReplicaSession {
    const { replica } = server
    return {
      where: server.where,
      channels: () => asked(session, answers.channels, replica.channels),
      openTemporaryTables: () => asked(session, answers.openTemporaryTables, replica.openTemporaryTables),
      stopSqlThread: (name) => asked(session, answers.stopSqlThread, () => replica.set(name, 'stopped')),
      startSqlThread: (name) => asked(session, answers.startSqlThread, () => replica.set(name, 'running')),
      [Symbol.asyncDispose]: async () => server.sessions.hangUp(session),
    }
  }

  function asked<T>(session: Session, instead: Answer<T> | undefined, answer: () => T): Promise<T> {
    if (instead === undefined) return server.ask(session, answer)
    return server.sessions.request<T>(session, ({ done, failed }) => {
      try {
        const given = instead()
        if (given !== never) done(given)
      } catch (failure) {
        failed(failure)
      }
    })
  }
}

const fakePaths = { dataDir: '/var/lib/mysql', folders: [], binaryLogDir: '/var/lib/mysql' } as const

/** What a server answers that refuses. */
export function refuses(code: FailureCode, message: string): () => never {
  return () => {
    throw new Failure(code, message)
  }
}
