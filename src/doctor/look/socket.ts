import { runningNamed, seenBy } from '../../adapters/running.ts'
import { connectionFor } from '../../adapters/settings.ts'
import type { Transport } from '../../core/connection.ts'
import type { Settings } from '../../core/settings.ts'
import type { Platform } from '../../platforms/platform.ts'
import type { SocketFacts } from '../checks/socket.ts'

/** The server's socket through the eyes of each agent that runs. */
export function lookAtSocket(platforms: readonly Platform[], settings: Settings | null): SocketFacts {
  const transport = settings && transportFor(settings)
  const path = transport?.kind === 'socket' ? transport.path : null
  const names = platforms.flatMap(({ requirements }) =>
    requirements.flatMap(({ look }) => (look.at === 'process' ? look.anyOf : [])),
  )
  const agents =
    path === null ? [] : runningNamed(names).map(({ name, pid }) => ({ name, pid, sees: seenBy(pid, path) }))
  return { transport, agents }
}

function transportFor(settings: Settings): Transport | null {
  try {
    return connectionFor(settings).transport
  } catch {
    return null
  }
}
