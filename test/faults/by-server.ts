import { connect, createServer, type Server as Listener, type Socket } from 'node:net'
import { once } from 'node:events'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { account } from '../support/accounts.ts'
import { bringToAStand } from '../support/processes.ts'
import { until } from '../support/until.ts'
import type { Fault, Place } from './fault.ts'

export const byServer = {
  'SIGKILL of the server': {
    inject: async ({ server }) => server.kill(),
    heal: { when: 'the freeze has ended', how: ({ restart }) => restart() },
  },
  'restart of the server': {
    inject: ({ server }) => server.stop(),
    heal: { when: 'the freeze has ended', how: ({ restart }) => restart() },
  },
  'SIGSTOP of the server': {
    settings: { 'freeze-within': '6s', 'lock-wait': '2s', 'flush-within': '1s', 'connect-timeout': '1s' },
    inject: ({ server }) => bringToAStand(server.pid),
    heal: { when: 'the thaw has ended', how: async ({ server }) => server.kill('SIGCONT') },
  },
  'KILL CONNECTION of the holder': { inject: (place) => kill(place, 'CONNECTION', 'holder') },
  'KILL QUERY of the holder': { inject: (place) => kill(place, 'QUERY', 'holder') },
  'KILL CONNECTION of the observer': { inject: (place) => kill(place, 'CONNECTION', 'observer') },
  'KILL QUERY of the observer': { inject: (place) => kill(place, 'QUERY', 'observer') },
  'too many connections': tooManyConnections(),
  'a wait_timeout of 1 s': smallWaitTimeout(),
  'the network is cut': networkIsCut(),
} as const satisfies Record<string, Fault>

async function kill(place: Place, what: 'CONNECTION' | 'QUERY', whose: 'holder' | 'observer'): Promise<void> {
  await place.writer.ask(`KILL ${what} ${(await idsOf(place))[whose]}`)
}

/** The holder is the session that has the lock, or asks for it; before, there is the observer alone. */
async function idsOf({ lab, writer }: Place): Promise<{ holder: number; observer: number }> {
  const sessions = (await writer.sessionsOf(account.user)).toSorted((a, b) => a.id - b.id)
  const frozen = (await lab.frozen())?.connection
  const asks = sessions.find(({ id, text }) => id === frozen || text === 'FLUSH TABLES WITH READ LOCK')
  const holder = asks ?? sessions[1]
  return { holder: holder?.id ?? 0, observer: sessions.find((session) => session !== holder)!.id }
}

/** Sessions of root until nobody else gets in; only root still does, for the server keeps one place for it. */
function tooManyConnections(): Fault {
  const sessions: Connection[] = []
  return {
    // else it is given up for them (e2e/long-query-and-pressure.test.ts)
    settings: { 'max-connections-used': '100%' },
    async inject({ server }, _reached, phase) {
      const inside = await createConnection({ socketPath: server.socket, user: 'root' })
      sessions.push(inside)
      await until('only root gets in', () => isFilled(server.socket, sessions))
      if (phase === 'quiet wait') await endStatement(inside)
    },
    heal: {
      when: 'the thaw has ended',
      async how({ writer }) {
        for (const session of sessions.splice(0)) session.destroy()
        await until('somebody gets in', () => writer.ask('SELECT 1').catch(() => null))
      },
    },
  }
}

/** Whether it is as full as it gets for everybody but root; one session nearer to it where it is not: others leave meanwhile. */
async function isFilled(socketPath: string, sessions: Connection[]): Promise<boolean> {
  const [[told]] = await sessions[0]!.query<RowDataPacket[]>("SHOW STATUS LIKE 'Threads_connected'")
  const [[limit]] = await sessions[0]!.query<RowDataPacket[]>("SHOW VARIABLES LIKE 'max_connections'")
  const left = Number(limit?.['Value']) - Number(told?.['Value'])
  if (left < 0 && sessions.length > 1) sessions.pop()?.destroy()
  if (left > 0) {
    const session = await createConnection({ socketPath, user: 'root' }).catch(() => null)
    session?.on('error', () => {})
    if (session) sessions.push(session)
  }
  return left === 0
}

/** The statement that is waited for, and not its session, whose place would be free. */
async function endStatement(session: Connection): Promise<void> {
  const [rows] = await session.query<RowDataPacket[]>('SHOW PROCESSLIST')
  const sleeping = rows.find((row) => String(row['Info']).startsWith('DO SLEEP'))
  await session.query(`KILL QUERY ${sleeping!['Id']}`)
}

/** Until the server would have dropped the session with the lock, were it theirs. */
function smallWaitTimeout(): Fault {
  return {
    async inject(place, reached) {
      const { writer } = place
      await writer.ask('SET GLOBAL wait_timeout = 1, GLOBAL interactive_timeout = 1')
      await reached.goOn()
      await reached.freeze.ended
      // The holder, that is: the observer looks at the server's connections every second.
      await until('the session with the lock has been idle for longer', async () => {
        const rows = (await writer.ask('SHOW PROCESSLIST')).filter((row) => row['User'] === account.user)
        return rows.length === 2 && rows.some((row) => Number(row['Time']) >= 2)
      })
    },
    heal: {
      when: 'the thaw has ended',
      how: async ({ writer }) =>
        void (await writer.ask('SET GLOBAL wait_timeout = 28800, GLOBAL interactive_timeout = 28800')),
    },
  }
}

/** Between locktables and the server: nothing arrives any more, and nobody says so. */
function networkIsCut(): Fault {
  let wire: Wire
  return {
    settings: {
      'freeze-within': '6s',
      'lock-wait': '2s',
      'flush-within': '1s',
      'connect-timeout': '1s',
      'hold-at-most': '4s',
    },
    async prepare({ lab, server }) {
      wire = await wireTo(server.socket)
      await lab.logInAs({ protocol: 'tcp', host: '127.0.0.1', port: String(wire.port) })
      return {
        async [Symbol.asyncDispose]() {
          await wire[Symbol.asyncDispose]()
          await lab.logInAs({})
        },
      }
    },
    inject: async () => wire.cut(),
    heal: { when: 'the thaw has ended', how: async () => wire.mend() },
  }
}

interface Wire extends AsyncDisposable {
  readonly port: number
  cut(): void
  /** For who connects from now on. */
  mend(): void
}

async function wireTo(socketPath: string): Promise<Wire> {
  const ends = new Set<Socket>()
  let isCut = false
  const listener: Listener = createServer((near) => {
    const far = connect(socketPath)
    join(near, far)
    join(far, near)
  })
  await once(listener.listen(0, '127.0.0.1'), 'listening')
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('it listens at no port')
  return {
    port: address.port,
    cut: () => void (isCut = true),
    mend: () => void (isCut = false),
    async [Symbol.asyncDispose]() {
      for (const end of ends) end.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }

  function join(from: Socket, to: Socket): void {
    let isLost = false
    ends.add(from)
    from.on('error', () => {})
    from.on('data', (bytes) => {
      // What was lost once is lost: a stream with a hole in it is of no use.
      isLost ||= isCut
      if (!isLost) to.write(bytes)
    })
    from.on('close', () => {
      ends.delete(from)
      if (!isLost && !isCut) to.destroy()
    })
  }
}
