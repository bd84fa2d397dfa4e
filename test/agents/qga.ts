import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../support/until.ts'
import { openChannel } from './channel.ts'
import { type Daemon, startDaemon } from './daemon.ts'
import type { Guest } from './guest.ts'
import { programOf } from './program.ts'
import type { ProgramName } from './catalog.ts'
import { makeShim, type ShimRequest } from './shim.ts'

/** The real qemu-ga, and a client at its socket as the hypervisor is one. */
export interface Qga extends AsyncDisposable {
  readonly daemon: Pick<Daemon, 'pid' | 'kill'>
  /** guest-fsfreeze-freeze: how many file systems are frozen, or what the error says. */
  freeze(): Promise<number | string>
  /** guest-fsfreeze-thaw: how many were thawed, or what the error says. */
  thaw(): Promise<number | string>
  status(): Promise<string>
  /** What the agent froze and thawed. */
  trace(): Promise<string>
}

export type QgaName = Extract<ProgramName, `qemu-ga-${string}`>

/** What makes an agent that is started believe that all is frozen. */
const frozenMark = '/run/qga.state.isfrozen'

/** As qemu-guest-agent.service has it on Debian: no HOME. */
const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin',
  LANG: 'C.UTF-8',
  USER: 'root',
}

/** Starts it with what is in its configuration file: nothing but the channel is said to it here. */
export async function openQga(
  name: QgaName,
  { disk, folder: parent }: Guest,
  how: Pick<ShimRequest, 'freezing'> = {},
): Promise<Qga> {
  const folder = await mkdtemp(join(parent, 'qga-'))
  const shim = await makeShim({ folder, kind: 'guard', disk: disk.place, ...how })
  const { command } = await programOf(name)
  const socket = join(folder, 'qga.sock')
  const daemon = await startDaemon({
    command: [
      ...command({ before: shim.library }),
      ...['--method', 'unix-listen', '--path', socket, '--logfile', '/var/log/qemu-ga.log'],
    ],
    env: environment,
    output: join(folder, 'output'),
  })
  const channel = await openChannel(socket, daemon)
  let read = 0

  return {
    daemon,
    freeze: async () => counted(await ask('guest-fsfreeze-freeze')),
    thaw: async () => counted(await ask('guest-fsfreeze-thaw')),
    status: async () => String((await ask('guest-fsfreeze-status')).return),
    trace: async () => await readFile(shim.log, 'utf8').catch(() => ''),
    async [Symbol.asyncDispose]() {
      await channel[Symbol.asyncDispose]()
      await daemon[Symbol.asyncDispose]()
      await rm(frozenMark, { force: true })
    },
  }

  async function ask(execute: string): Promise<Reply> {
    channel.send(JSON.stringify({ execute }))
    const at = read++
    const line = await until(
      `qemu-ga answers ${execute}`,
      () => {
        if (!channel.isOpen()) throw new Error(`qemu-ga ended before it answered ${execute}`)
        return channel.lines[at]
      },
      { within: 60_000 },
    )
    return JSON.parse(line) as Reply
  }
}

interface Reply {
  readonly return?: unknown
  readonly error?: { readonly desc: string }
}

function counted({ return: count, error }: Reply): number | string {
  return error?.desc ?? Number(count)
}
