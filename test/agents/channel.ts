import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { until } from '../support/until.ts'
import type { Daemon } from './daemon.ts'

/** The other end of an agent's unix socket, line by line. */
export interface Channel extends AsyncDisposable {
  /** Every line that came, in order. */
  readonly lines: readonly string[]
  send(line: string): void
  isOpen(): boolean
}

/** Connects to an agent as soon as it listens there. One that never does is ended. */
export async function openChannel(path: string, agent: Daemon): Promise<Channel> {
  const socket = await until(`the agent listens at ${path}`, async () => {
    if (!agent.isRunning()) throw new Error(`the agent ended before it listened at ${path}`)
    return await tryConnect(path)
  }).catch(async (error: unknown) => {
    await agent[Symbol.asyncDispose]()
    throw error
  })
  const lines: string[] = []
  let open = true
  socket.on('error', () => {})
  socket.on('close', () => (open = false))
  createInterface({ input: socket }).on('line', (line) => lines.push(line.trimEnd()))
  return {
    lines,
    send: (line) => void socket.write(`${line}\n`),
    isOpen: () => open,
    async [Symbol.asyncDispose]() {
      socket.destroy()
    },
  }
}

async function tryConnect(path: string): Promise<Socket | undefined> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return socket
  } catch {
    socket.destroy()
    return undefined
  }
}
