import assert from 'node:assert/strict'
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { interfere } from '../support/interfere.ts'
import { until } from '../support/until.ts'
import type { Occupation } from '../support/writer.ts'
import { type Guest, guestOf } from './guest.ts'
import { installedFor } from './install.ts'
import { nodeOf } from './processes.ts'
import { type Agent, proveSnapshot } from './prove-snapshot.ts'
import { openVmtools, type Vmtools, type VmtoolsOptions } from './vmtools.ts'
import type { QuiesceParameters } from './xdr.ts'

const { scenario } = guestOf()

const scripts = '/etc/vmware-tools/backupScripts.d'
const scriptFailed = /req\.error 2 Custom quiesce script failed\./
const letGo = /\nlet go after .*; the freeze failed, so there is no verdict\n$/

describe('vmtoolsd, with the pair in /usr/sbin', () => {
  installedFor('vmware')

  scenario('makes a copy of the moment that the verdict speaks of', async (guest) => {
    await using agent = await openVmtools(guest)
    await proveSnapshot(guest, asAgent(agent))
    assert.match(await agent.said(), /^frozen at .*\nthawed after .*, the snapshot is consistent\n$/)
  })

  scenario('makes three snapshots in a row', async (guest) => {
    await using agent = await openVmtools(guest)
    for (const _ of [1, 2, 3]) await isConsistent(agent)
    assert.deepEqual(await verdicts(guest), ['yes', 'yes', 'yes'])
  })

  const calls: readonly [what: string, parameters: QuiesceParameters | undefined, more: readonly string[]][] =
    [
      ['freeze and thaw', undefined, []],
      ['an empty argument after freeze and thaw', { scriptArg: '' }, ['']],
      ['an extra argument after freeze and thaw', { scriptArg: 'of the host' }, ['of the host']],
    ]
  for (const [what, parameters, more] of calls) {
    scenario(`calls with ${what}, and is understood`, async (guest) => {
      await using neighbour = await neighbourThatNotes(guest)
      await using agent = await openVmtools(guest)
      await agent.freeze(parameters)
      assert.deepEqual(await agent.thaw(), [])
      assert.deepEqual(await neighbour.calls(), [
        ['freeze', ...more],
        ['thaw', ...more],
      ])
      assert.deepEqual(await verdicts(guest), ['yes'])
    })
  }

  scenario('calls with freezeFail when the host does not take the snapshot after all', async (guest) => {
    await using neighbour = await neighbourThatNotes(guest)
    await using agent = await openVmtools(guest)
    await agent.refuse('vmbackup.eventSet prov.snapshotCommit')
    agent.start()
    await agent.refusal()
    assert.deepEqual(await neighbour.calls(), [['freeze'], ['freezeFail']])
    assert.match(await agent.said(), letGo)
  })

  scenario('cannot freeze the disk after the database: it is let go', async (guest) => {
    await using agent = await openVmtools(guest, { freezing: 'fails' })
    agent.start()
    assert.match((await agent.refusal()).join('\n'), /req\.error/)
    assert.match(await agent.said(), letGo)
  })

  const ends: Readonly<Record<string, [VmtoolsOptions['conf'], (agent: Vmtools) => void]>> = {
    'runs out of time': [{ timeout: '4' }, () => {}],
    'is told to abort': [{}, (agent) => agent.abort()],
  }
  for (const [what, [conf = {}, end]] of Object.entries(ends)) {
    scenario(`${what} while the lock is waited for: nothing is left`, async (guest) => {
      await using agent = await openVmtools(guest, { conf })
      await using _waiting = await waitingForTheLock(guest, agent)
      end(agent)
      assert.match((await agent.refusal()).join('\n'), /req\.aborted 4 Quiesce canceled\./)
      await isUndone(guest)
      assert.match(await agent.said(), /^not frozen: stopped by SIGTERM; .*\n$/)
    })

    scenario(`${what} while all is frozen: the database is let go`, async (guest) => {
      await using agent = await openVmtools(guest, { conf })
      await agent.freeze()
      end(agent)
      assert.match((await agent.refusal()).join('\n'), /req\.aborted/)
      assert.match(await agent.said(), letGo)
    })
  }

  scenario('is stopped while the lock is waited for: nothing is left', async (guest) => {
    await using agent = await openVmtools(guest)
    await using _waiting = await waitingForTheLock(guest, agent)
    await agent.daemon.kill('SIGTERM')
    await isUndone(guest)
  })

  for (const how of ['abort', 'out-of-memory'] as const) {
    scenario(`refuses the snapshot when the freeze dies of ${how}, and makes the next one`, async (guest) => {
      const env: Record<string, string> = {}
      using death = interfere({ folder: guest.folder, env }, { how, script: 'pre-freeze-script' })
      await using agent = await openVmtools(guest, { env })
      await using waiting = await waitingForTheLock(guest, agent)
      death.set()
      await isRefused(guest, agent)
      death.clear()
      await waiting.blocker[Symbol.asyncDispose]()
      await isConsistent(agent)
    })
  }

  scenario('refuses the snapshot when the freeze is killed, and makes the next one', async (guest) => {
    await using agent = await openVmtools(guest)
    await using waiting = await waitingForTheLock(guest, agent)
    process.kill((await nodeOf('pre-freeze-script'))!.pid, 'SIGKILL')
    await isRefused(guest, agent)
    await waiting.blocker[Symbol.asyncDispose]()
    await isConsistent(agent)
  })

  scenario('has no answer until hold-at-most is over: the snapshot is not consistent', async (guest) => {
    await guest.settle({ 'hold-at-most': '2s' })
    await using agent = await openVmtools(guest, { conf: { timeout: '0' } })
    await agent.freeze()
    await isLetGoThoughFrozen(guest)
    assert.match((await agent.thaw()).join('\n'), scriptFailed)
    assert.match(await agent.said(), /\nthawed after .*, the snapshot is not consistent: .*\n$/)
    assert.deepEqual(await verdicts(guest), ['no'])
  })

  scenario(
    'is killed while all is frozen: the database is let go by itself, the disk by hand',
    async (guest) => {
      await guest.settle({ 'hold-at-most': '2s' })
      await using agent = await openVmtools(guest)
      await agent.freeze()
      await agent.daemon.kill('SIGKILL')
      await isLetGoThoughFrozen(guest)
      await guest.disk.thaw()

      await guest.settle({})
      await using next = await openVmtools(guest)
      await isConsistent(next)
      assert.deepEqual(await verdicts(guest), ['no', 'yes'])
    },
  )

  scenario(
    'finds us in backupScripts.d as well: it would lock twice, and refuses the snapshot',
    async (guest) => {
      await using _second = await inBackupScripts('50-mysql-quiesce', (file) =>
        symlink('/usr/lib/mysql-quiesce/current/platforms/freeze-or-thaw', file),
      )
      await using agent = await openVmtools(guest)
      agent.start()
      assert.match((await agent.refusal()).join('\n'), scriptFailed)
      assert.match(
        await agent.said(),
        /^frozen at .*\nnot frozen: the tables are frozen already: .*\nlet go after .*\n$/,
      )
    },
  )
})

describe('vmtoolsd, with one script in backupScripts.d', () => {
  installedFor('vmware-scripts.d')

  scenario('makes a copy of the moment that the verdict speaks of', async (guest) => {
    await using agent = await openVmtools(guest)
    await proveSnapshot(guest, asAgent(agent))
  })

  scenario('calls with an empty argument after freeze and thaw, and is understood', async (guest) => {
    await using agent = await openVmtools(guest)
    await agent.freeze({ scriptArg: '' })
    assert.deepEqual(await agent.thaw(), [])
    assert.deepEqual(await verdicts(guest), ['yes'])
  })

  scenario('calls with freezeFail when the host does not take the snapshot after all', async (guest) => {
    await using agent = await openVmtools(guest)
    await agent.refuse('vmbackup.eventSet prov.snapshotCommit')
    agent.start()
    await agent.refusal()
    assert.match(await agent.said(), letGo)
  })
})

function asAgent(agent: Vmtools): Agent {
  return {
    freeze: () => agent.freeze(),
    async thaw() {
      assert.deepEqual(await agent.thaw(), [])
    },
  }
}

/** A whole snapshot, and nothing speaks against it. */
async function isConsistent(agent: Vmtools): Promise<void> {
  await agent.freeze()
  assert.deepEqual(await agent.thaw(), [])
}

async function verdicts(guest: Guest): Promise<readonly unknown[]> {
  return (await guest.runs()).map((run) => run['verdict'])
}

async function inBackupScripts(
  name: string,
  make: (file: string) => Promise<void>,
): Promise<AsyncDisposable> {
  const file = join(scripts, name)
  await mkdir(scripts, { recursive: true })
  await make(file)
  return { [Symbol.asyncDispose]: async () => await rm(file) }
}

/** Somebody else's script, which notes what vmtoolsd calls it with. */
async function neighbourThatNotes(
  guest: Guest,
): Promise<AsyncDisposable & { readonly calls: () => Promise<readonly (readonly string[])[]> }> {
  const notes = join(guest.folder, 'calls')
  const script = await inBackupScripts('90-neighbour', async (file) => {
    await writeFile(file, `#!/bin/sh\nprintf '<%s>' "$@" >>${notes}\necho >>${notes}\n`)
    await chmod(file, 0o755)
  })
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

/** The agent takes the script for one that failed, and it has undone everything by itself. */
async function isRefused(guest: Guest, agent: Vmtools): Promise<void> {
  assert.match((await agent.refusal()).join('\n'), scriptFailed)
  await isUndone(guest)
}

/** The freeze has come to nothing: nobody asks for a lock, nor could still get it. */
async function isUndone({ files, hold, disk }: Guest): Promise<void> {
  await until('nobody asks', async () => !(await files()).some((name) => name.startsWith('waitfor')))
  await until('the locker has ended', async () => (await hold())?.ended !== null)
  assert.equal(await disk.isFrozen(), false)
}

/** Somebody else gets a lock that a held one would refuse, and which needs nothing of the frozen disk. */
async function isLetGoThoughFrozen({ server, disk, holdWhen }: Guest): Promise<void> {
  await holdWhen('the hold has expired', ({ ended }) => ended?.ending === 'expired')
  assert.equal(await disk.isFrozen(), true)
  const connection = await createConnection({ socketPath: server.socket, user: 'root' })
  await connection.query('SET SESSION lock_wait_timeout = 1')
  await connection.query('LOCK TABLES shop.visits WRITE')
  await connection.end()
}
