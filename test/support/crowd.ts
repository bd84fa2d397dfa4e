import { createConnection, type Connection } from 'mysql2'

/** Clients that come all at once. */
export interface Crowd extends Disposable {
  /** How many have logged in, and how many of their statements are done. */
  readonly seen: { loggedIn: number; written: number }
}

/** They do not wait for each other, as the clients of a pool do not: those that find no thread hang in their login. */
export function crowdAt(socketPath: string, { clients, statement }: CrowdRequest): Crowd {
  const seen = { loggedIn: 0, written: 0 }
  const connections = Array.from({ length: clients }, () => {
    const connection = createConnection({ socketPath, user: 'root', connectTimeout: 60_000 })
    connection.on('error', () => {})
    connection.on('connect', () => write(connection))
    return connection
  })
  return {
    seen,
    [Symbol.dispose]: () => {
      for (const connection of connections) connection.destroy()
    },
  }

  function write(connection: Connection): void {
    seen.loggedIn++
    if (statement === null) return
    connection.query(statement, (error) => void (error ?? seen.written++))
  }
}

interface CrowdRequest {
  readonly clients: number
  /** What each sends; null: they only log in. */
  readonly statement: string | null
}
