import type { Transport } from '../../core/connection.ts'
import { type Check, notApplicable, ok, problem } from '../check.ts'

/** How the server is reached, and whether each agent that runs sees the same socket. */
export interface SocketFacts {
  readonly transport: Transport | null
  readonly agents: readonly {
    readonly name: string
    readonly pid: number
    readonly sees: 'the same' | 'another' | 'nothing' | 'cannot tell'
  }[]
}

/** systemd may give an agent a /tmp of its own (PrivateTmp=), in which the server's socket is not. */
export function judgeSocket({ transport, agents }: SocketFacts): Check[] {
  const name = 'socket'
  if (transport === null) return [notApplicable(name, 'it is not known where the server is')]
  if (transport.kind === 'tcp')
    return [notApplicable(name, `the server is reached at ${transport.host}:${transport.port}`)]
  const { path } = transport
  if (agents.length === 0) return [notApplicable(name, `no agent runs that would look for ${path}`)]
  const blind = agents.filter(({ sees }) => sees === 'nothing' || sees === 'another')
  if (blind.length === 0) return [ok(name, `${path}, as ${agents.map(called).join(', ')} sees it`)]
  const advice = /^\/(var\/)?tmp\//.test(path)
    ? 'PrivateTmp=no for the unit of the agent, or a socket outside /tmp'
    : 'see ProtectSystem= and InaccessiblePaths= of the unit of the agent'
  return [
    problem(
      name,
      `${blind.map(called).join(', ')} does not see ${path}, for its file system is another one`,
      advice,
    ),
  ]
}

function called({ name, pid }: SocketFacts['agents'][number]): string {
  return `${name} (pid ${pid})`
}
