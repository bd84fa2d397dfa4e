import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { interfere } from '../support/interfere.ts'
import type { Occupation } from '../support/writer.ts'
import { type Guest, guestOf } from './guest.ts'
import { installedFor } from './install.ts'
import { isLetGoThoughFrozen, isUndone, verdicts } from './outcome.ts'
import { nodeOf } from './processes.ts'
import { letGo, openVmtools, scriptFailed, type Vmtools, type VmtoolsOptions } from './vmtools.ts'

const { scenario } = guestOf()

describe('vmtoolsd', () => {
  installedFor('vmware')

  const ends: Readonly<Record<string, [VmtoolsOptions['conf'], (agent: Vmtools) => void]>> = {
    'runs out of time': [{ timeout: '8' }, () => {}],
    'is told to abort': [{}, (agent) => agent.abort()],
  }
  for (const [what, [conf = {}, end]] of Object.entries(ends)) {
    scenario(`${what} while the lock is waited for: nothing is left`, async (guest) => {
      await using agent = await openVmtools(guest, { conf })
      await using _waiting = await waitingForTheLock(guest, agent)
      end(agent)
      assert.match(await agent.end(), /req\.aborted 4 Quiesce canceled\./)
      await isUndone(guest)
      assert.match(await agent.said(), /^not frozen: stopped by SIGTERM; .*\n$/)
    })

    scenario(`${what} while all is frozen: the database is let go`, async (guest) => {
      await using agent = await openVmtools(guest, { conf })
      await agent.freeze()
      end(agent)
      assert.match(await agent.end(), /req\.aborted/)
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

  scenario('cannot freeze the disk after the database: it is let go', async (guest) => {
    await using agent = await openVmtools(guest, { freezing: 'fails' })
    agent.start()
    assert.match(await agent.end(), /req\.error/)
    assert.match(await agent.said(), letGo)
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
})

/** A whole snapshot, and nothing speaks against it. */
async function isConsistent(agent: Vmtools): Promise<void> {
  await agent.freeze()
  assert.deepEqual(await agent.thaw(), [])
}

/** The agent takes the script for one that failed, and it has undone everything by itself. */
async function isRefused(guest: Guest, agent: Vmtools): Promise<void> {
  assert.match(await agent.end(), scriptFailed)
  await isUndone(guest)
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
