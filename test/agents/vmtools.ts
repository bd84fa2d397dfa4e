import assert from 'node:assert/strict'
import { copyFile, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { until } from '../support/until.ts'
import { openChannel } from './channel.ts'
import { type Daemon, startDaemon } from './daemon.ts'
import type { Guest } from './guest.ts'
import { programOf } from './program.ts'
import type { Agent } from './prove-snapshot.ts'
import { makeShim, type ShimRequest } from './shim.ts'
import { type QuiesceParameters, quiesceParameters } from './xdr.ts'

/** The real vmtoolsd with its libvmbackup.so, whose host is the test. */
export interface Vmtools extends AsyncDisposable {
  readonly daemon: Pick<Daemon, 'pid' | 'kill'>
  /** vmbackup.start, as a host that knows of no options sends it; with options, as vSphere 6.5 and later do. */
  start(parameters?: QuiesceParameters): void
  /** The snapshot is taken: thaw. */
  snapshotDone(): void
  abort(): void
  /** The host refuses messages that begin so. */
  refuse(prefix: string): Promise<void>
  /** The next message to the host that matches, from where the last `message` has left off. */
  message(what: RegExp): Promise<string>
  /** Up to the moment the snapshot may be taken; throws where it is refused. */
  freeze(parameters?: QuiesceParameters): Promise<void>
  /** snapshotDone, up to the end; gives the errors that the host was told of. */
  thaw(): Promise<readonly string[]>
  /** Waits for the end of a snapshot that comes to nothing; gives what the host was told of it. */
  end(): Promise<string>
  /** What the scripts printed. */
  said(): Promise<string>
  /** What the agent froze and thawed, and the messages. */
  trace(): Promise<string>
}

export interface VmtoolsOptions extends Pick<ShimRequest, 'freezing'> {
  /** Keys of [vmbackup] in tools.conf. */
  readonly conf?: Readonly<Record<string, string>>
  /** What is added to the environment that systemd gives it. */
  readonly env?: Readonly<Record<string, string>>
}

/** What the host is told when a script failed. */
export const scriptFailed = /req\.error 2 Custom quiesce script failed\./

/** The last line that is printed where a snapshot came to nothing after the freeze. */
export const letGo = /\nlet go after .*; the freeze failed, so there is no verdict\n$/

/** As open-vm-tools.service has it on Debian 12: no HOME and no USER. */
const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' }

export async function openVmtools(
  { disk, folder: parent }: Guest,
  { conf = {}, env = {}, freezing = 'works' }: VmtoolsOptions = {},
): Promise<Vmtools> {
  const folder = await mkdtemp(join(parent, 'vmtools-'))
  const output = join(folder, 'output')
  const shim = await makeShim({ folder, kind: 'host', disk: disk.place, freezing })
  const { version: _, ...vmtoolsd } = await programOf('vmtoolsd')
  const plugins = await onlyBackup(vmtoolsd.folder, folder)
  const toolsConf = join(folder, 'tools.conf')
  await writeFile(toolsConf, confFile({ log: '/var/log/vmsvc.log', conf }))
  const daemon = await startDaemon({
    command: [
      ...vmtoolsd.command({ before: shim.library }),
      ...['-n', 'vmsvc', '-c', toolsConf, '-p', plugins, '--common-path', join(folder, 'common')],
    ],
    env: { ...environment, ...env },
    output,
  })
  const channel = await openChannel(shim.socket, daemon)
  let read = 0

  return {
    daemon,
    start,
    snapshotDone,
    message,
    end: async () => (await errors()).join('\n'),
    abort: () => channel.send('RPC vmbackup.abort'),
    async refuse(prefix) {
      channel.send(`HOSTFAIL ${prefix}`)
      await message(/^FAILING/)
    },
    async freeze(parameters) {
      start(parameters)
      const last = await message(/prov\.snapshotCommit|req\.(done|error|aborted)|^RET 0/)
      if (!last.includes('prov.snapshotCommit')) throw new Error(`the snapshot is refused: ${last}`)
    },
    async thaw() {
      snapshotDone()
      return await errors()
    },
    said: () => readFile(output, 'utf8'),
    trace: () => readFile(shim.log, 'utf8'),
    async [Symbol.asyncDispose]() {
      await channel[Symbol.asyncDispose]()
      await daemon[Symbol.asyncDispose]()
    },
  }

  function start(parameters?: QuiesceParameters): void {
    if (parameters) channel.send(`RPCHEX vmbackup.startWithOpts ${quiesceParameters(parameters)}`)
    else channel.send('RPC vmbackup.start 1')
  }

  function snapshotDone(): void {
    channel.send('RPC vmbackup.snapshotDone')
  }

  async function errors(): Promise<readonly string[]> {
    const from = read
    await message(/req\.done/)
    return channel.lines.slice(from, read).filter((line) => /req\.(error|aborted)/.test(line))
  }

  async function message(what: RegExp): Promise<string> {
    const found = await until(
      `vmtoolsd says ${what}`,
      () => {
        const index = channel.lines.findIndex((line, at) => at >= read && what.test(line))
        if (index < 0 && !channel.isOpen()) throw new Error(`vmtoolsd ended before it said ${what}`)
        return index < 0 ? undefined : { index }
      },
      { within: 60_000 },
    )
    read = found.index + 1
    return channel.lines[found.index] ?? ''
  }
}

/** As the snapshots of any agent are made. */
export function asAgent(agent: Vmtools): Agent {
  return {
    freeze: () => agent.freeze(),
    async thaw() {
      assert.deepEqual(await agent.thaw(), [])
    },
  }
}

/** A folder with the one plugin that is tested: the others would ask the hypervisor for more. */
async function onlyBackup(unpacked: string, folder: string): Promise<string> {
  const plugins = join(folder, 'plugins')
  await mkdir(plugins)
  await mkdir(join(folder, 'common'))
  const file = 'libvmbackup.so'
  await copyFile(
    join(unpacked, 'usr/lib/x86_64-linux-gnu/open-vm-tools/plugins/vmsvc', file),
    join(plugins, file),
  )
  return plugins
}

function confFile({ log, conf }: { readonly log: string; readonly conf: VmtoolsOptions['conf'] }): string {
  const logging = ['vmtoolsd', 'vmsvc', 'vmbackup'].flatMap((domain) => [
    `${domain}.level=debug`,
    `${domain}.handler=file`,
    `${domain}.data=${log}`,
  ])
  const keys = Object.entries({ enableSyncDriver: 'true', ...conf }).map(([key, value]) => `${key}=${value}`)
  return ['[logging]', 'log=true', ...logging, '[vmbackup]', ...keys, ''].join('\n')
}
