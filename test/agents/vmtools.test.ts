import assert from 'node:assert/strict'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { interfere } from '../support/interfere.ts'
import { until } from '../support/until.ts'
import type { Occupation } from '../support/writer.ts'
import { type Guest, guestOf } from './guest.ts'
import { installFor } from './install.ts'
import { judgeCopy } from './judge-copy.ts'
import { startLoad } from './load.ts'
import { cannotRun } from './place.ts'
import { nodeOf } from './processes.ts'
import { openVmtools, type Vmtools, type VmtoolsOptions } from './vmtools.ts'
import type { QuiesceParameters } from './xdr.ts'

const { scenario } = guestOf()

const scripts = '/etc/vmware-tools/backupScripts.d'
const scriptFailed = /req\.error 2 Custom quiesce script failed\./

let installed: AsyncDisposable | undefined
before(async () => {
  if (cannotRun === undefined) installed = await installFor('vmware')
})
after(async () => await installed?.[Symbol.asyncDispose]())

describe('a snapshot', () => {
  scenario(
    'copies the moment that the verdict speaks of, with data, log and record on the frozen disk',
    async (guest) => {
      await using load = await startLoad(guest.server.socket)
      await using agent = await openVmtools(guest)
      await agent.freeze()
      assert.equal(await guest.disk.isFrozen(), true)
      const { frozen } = (await guest.hold())!
      const [counted] = await guest.writer.ask('SELECT COUNT(*) AS n FROM ledger.booked')
      const image = await guest.disk.copy('copy')
      assert.deepEqual(await agent.thaw(), [])

      const copied = await judgeCopy(image)
      assert.equal(copied.rows, Number(counted?.['n']))
      assert.ok(copied.rows > 0 && copied.rows < load.written())
      assert.deepEqual(copied.coordinates, frozen?.coordinates)
      const [run] = await guest.runs()
      assert.equal(run?.['verdict'], 'yes')
      assert.deepEqual(run['coordinates'], copied.coordinates)
      assert.match(
        await agent.said(),
        /^frozen at binlog\.\d+:\d+, waited .*\nthawed after .*, the snapshot is consistent\n$/,
      )
    },
  )

  scenario('is followed by a second and a third', async (guest) => {
    await using agent = await openVmtools(guest)
    for (const count of [1, 2, 3]) {
      await isConsistent(agent)
      assert.equal((await guest.runs()).length, count)
    }
    assert.deepEqual(
      (await guest.runs()).map((run) => run['verdict']),
      ['yes', 'yes', 'yes'],
    )
  })
})

describe('the arguments', () => {
  const calls: readonly [what: string, parameters: QuiesceParameters | undefined, more: readonly string[]][] =
    [
      ['freeze and thaw alone', undefined, []],
      ['an empty one after them', { scriptArg: '' }, ['']],
      ['an extra one after them', { scriptArg: 'of the host' }, ['of the host']],
    ]
  for (const [what, parameters, more] of calls) {
    scenario(`are understood: ${what}`, async (guest) => {
      await using neighbour = await neighbourThatNotes(guest)
      await using agent = await openVmtools(guest)
      await agent.freeze(parameters)
      assert.deepEqual(await agent.thaw(), [])
      assert.deepEqual(await neighbour.calls(), [
        ['freeze', ...more],
        ['thaw', ...more],
      ])
      assert.equal((await guest.runs())[0]?.['verdict'], 'yes')
    })
  }

  scenario(
    'are understood: freezeFail, when the host does not take the snapshot after all',
    async (guest) => {
      await using neighbour = await neighbourThatNotes(guest)
      await using agent = await openVmtools(guest)
      await agent.refuse('vmbackup.eventSet prov.snapshotCommit')
      agent.start()
      await agent.refusal()
      assert.deepEqual(await neighbour.calls(), [['freeze'], ['freezeFail']])
      assert.match(await agent.said(), /\nlet go after .*; the freeze failed, so there is no verdict\n$/)
    },
  )
})

describe('while it waits for the lock', () => {
  const ends: Readonly<Record<string, [VmtoolsOptions['conf'], (agent: Vmtools) => void]>> = {
    'the time of the host is over': [{ timeout: '4' }, () => {}],
    'the host aborts': [{}, (agent) => agent.abort()],
  }
  for (const [what, [conf = {}, end]] of Object.entries(ends)) {
    scenario(`${what}: there is no snapshot, and nothing is left`, async (guest) => {
      await using agent = await openVmtools(guest, { conf })
      await using waiting = await waitingForTheLock(guest, agent)
      end(agent)
      assert.match((await agent.refusal()).join('\n'), /req\.aborted 4 Quiesce canceled\./)
      await isUndone(guest)
      assert.match(await agent.said(), /^not frozen: stopped by SIGTERM; .*\n$/)
      await waiting.blocker[Symbol.asyncDispose]()
    })
  }

  scenario('vmtoolsd is stopped: nothing is left', async (guest) => {
    await using agent = await openVmtools(guest)
    await using _waiting = await waitingForTheLock(guest, agent)
    await agent.daemon.kill('SIGTERM')
    await isUndone(guest)
  })

  for (const how of ['abort', 'out-of-memory'] as const) {
    scenario(
      `Node.js dies of ${how}: the snapshot is refused, and the next one is consistent`,
      async (guest) => {
        const env: Record<string, string> = {}
        using death = interfere({ folder: guest.folder, env }, { how, script: 'pre-freeze-script' })
        await using agent = await openVmtools(guest, { env })
        await using waiting = await waitingForTheLock(guest, agent)
        death.set()
        await isRefused(guest, agent)
        death.clear()
        await waiting.blocker[Symbol.asyncDispose]()
        await isConsistent(agent)
      },
    )
  }

  scenario('Node.js is killed: the snapshot is refused, and the next one is consistent', async (guest) => {
    await using agent = await openVmtools(guest)
    await using waiting = await waitingForTheLock(guest, agent)
    process.kill((await nodeOf('pre-freeze-script'))!.pid, 'SIGKILL')
    await isRefused(guest, agent)
    await waiting.blocker[Symbol.asyncDispose]()
    await isConsistent(agent)
  })
})

describe('while it is frozen', () => {
  const ends: Readonly<Record<string, [VmtoolsOptions['conf'], (agent: Vmtools) => void]>> = {
    'the time of the host is over': [{ timeout: '4' }, () => {}],
    'the host aborts': [{}, (agent) => agent.abort()],
  }
  for (const [what, [conf = {}, end]] of Object.entries(ends)) {
    scenario(`${what}: it lets go`, async (guest) => {
      await using agent = await openVmtools(guest, { conf })
      await agent.freeze()
      end(agent)
      assert.match((await agent.refusal()).join('\n'), /req\.aborted/)
      assert.match(await agent.said(), /\nlet go after .*; the freeze failed, so there is no verdict\n$/)
    })
  }

  scenario(
    'the host answers after hold-at-most: the lock was let go by then, and the snapshot is not consistent',
    async (guest) => {
      await guest.settle({ 'hold-at-most': '2s' })
      await using agent = await openVmtools(guest, { conf: { timeout: '0' } })
      await agent.freeze()
      await guest.holdWhen('the hold has expired', ({ ended }) => ended?.ending === 'expired')
      assert.equal(await guest.disk.isFrozen(), true)
      assert.match((await agent.thaw()).join('\n'), scriptFailed)
      assert.match(await agent.said(), /\nthawed after .*, the snapshot is not consistent: .*\n$/)
      assert.equal((await guest.runs())[0]?.['verdict'], 'no')
    },
  )

  scenario(
    'vmtoolsd is killed: the lock is let go by itself, though the disk stays frozen until somebody thaws it',
    async (guest) => {
      await guest.settle({ 'hold-at-most': '2s' })
      await using agent = await openVmtools(guest)
      await agent.freeze()
      await agent.daemon.kill('SIGKILL')
      await guest.holdWhen('the hold has expired', ({ ended }) => ended?.ending === 'expired')
      assert.equal(await guest.disk.isFrozen(), true)
      await somebodyCanLock(guest)
      await guest.disk.thaw()

      await guest.settle({})
      await using next = await openVmtools(guest)
      await isConsistent(next)
      assert.deepEqual(
        (await guest.runs()).map((run) => run['verdict']),
        ['no', 'yes'],
      )
    },
  )
})

describe('in both places where VMware Tools looks', () => {
  scenario('it would lock twice: the snapshot is refused, and nothing is left', async (guest) => {
    await using _second = await inBackupScripts('50-mysql-quiesce', ours)
    await using agent = await openVmtools(guest)
    agent.start()
    assert.match((await agent.refusal()).join('\n'), scriptFailed)
    const said = await agent.said()
    assert.match(said, /^frozen at .*\nnot frozen: the tables are frozen already: .*\nlet go after .*\n$/)
  })
})

/** What an operator would write who wants it in that folder. */
const ours = `case $1 in
  freeze) exec /usr/sbin/pre-freeze-script "$@" ;;
  *) exec /usr/sbin/post-thaw-script "$@" ;;
esac
`

async function inBackupScripts(name: string, lines: string): Promise<AsyncDisposable> {
  const file = join(scripts, name)
  await mkdir(scripts, { recursive: true })
  await writeFile(file, `#!/bin/sh\n${lines}`)
  await chmod(file, 0o755)
  return { [Symbol.asyncDispose]: async () => await rm(file) }
}

/** Somebody else's script, which notes what vmtoolsd calls it with. */
async function neighbourThatNotes(
  guest: Guest,
): Promise<AsyncDisposable & { readonly calls: () => Promise<readonly (readonly string[])[]> }> {
  const notes = join(guest.folder, 'calls')
  const script = await inBackupScripts('90-neighbour', `printf '<%s>' "$@" >>${notes}\necho >>${notes}\n`)
  return {
    async calls() {
      const lines = (await readFile(notes, 'utf8')).trimEnd().split('\n')
      return lines.map((line) => line.slice(1, -1).split('><'))
    },
    async [Symbol.asyncDispose]() {
      await script[Symbol.asyncDispose]()
      await rm(notes, { force: true })
    },
  }
}

/** A freeze that somebody's LOCK TABLES keeps waiting, until this is disposed of. */
async function waitingForTheLock(
  guest: Guest,
  agent: Vmtools,
): Promise<AsyncDisposable & { readonly blocker: Occupation }> {
  const blocker = await guest.writer.occupies('LOCK TABLES shop.orders WRITE')
  agent.start()
  await guest.holdWhen('it waits for the lock', ({ doing }) => doing.startsWith('waiting for the lock'))
  return { blocker, [Symbol.asyncDispose]: () => blocker[Symbol.asyncDispose]() }
}

/** A whole snapshot, and nothing speaks against it. */
async function isConsistent(agent: Vmtools): Promise<void> {
  await agent.freeze()
  assert.deepEqual(await agent.thaw(), [])
}

/** The agent takes the script for one that failed, and it has undone everything by itself. */
async function isRefused(guest: Guest, agent: Vmtools): Promise<void> {
  assert.match((await agent.refusal()).join('\n'), scriptFailed)
  await isUndone(guest)
}

/** Somebody else gets a lock that a held one would refuse, and which needs nothing of a frozen disk. */
async function somebodyCanLock({ server }: Guest): Promise<void> {
  const connection = await createConnection({ socketPath: server.socket, user: 'root' })
  await connection.query('SET SESSION lock_wait_timeout = 1')
  await connection.query('LOCK TABLES shop.visits WRITE')
  await connection.end()
}

/** The freeze has come to nothing: nobody asks, and nobody of ours is logged in. */
async function isUndone({ files, hold, disk }: Guest): Promise<void> {
  await until(
    'nobody asks for a lock',
    async () => !(await files()).some((name) => name.startsWith('waitfor')),
  )
  await until('the locker has ended', async () => (await hold())?.ended !== null)
  assert.equal(await disk.isFrozen(), false)
}
