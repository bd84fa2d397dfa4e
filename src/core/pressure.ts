/** How the server is doing, as SHOW GLOBAL STATUS tells. */
export interface Pulse {
  /** Threads_connected. */
  readonly connections: number
  /** Uptime, in seconds. */
  readonly uptime: number
}

export interface Bounds {
  readonly maxConnections: number
  /** Percent of them that may be in use; 100: nobody looks. */
  readonly maxConnectionsUsed: number
}

/**
 * What speaks against a lock now, or null. Writers that wait keep their connections, and their applications open more:
 * at max_connections nobody gets in any more.
 */
export function pressure(
  { connections }: Pulse,
  { maxConnections, maxConnectionsUsed }: Bounds,
): string | null {
  if (maxConnectionsUsed === 100 || connections <= (maxConnections * maxConnectionsUsed) / 100) return null
  return `${connections} of ${maxConnections} connections are in use, and max-connections-used is ${maxConnectionsUsed}%`
}
