import assert from 'node:assert/strict'
import { copyFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe } from 'node:test'
import { until } from '../support/until.ts'
import { hiddenDisk } from './hidden-disk.ts'
import { isWell } from './doctor.ts'
import { type Guest, guestOf } from './guest.ts'
import { installedFor } from './install.ts'
import { hookScripts, neighbourAt } from './neighbours.ts'
import { frozenCheck, isUndone, verdicts } from './outcome.ts'
import { cannotRun } from './place.ts'
import { endProcesses } from './processes.ts'
import { programOf } from './program.ts'
import { type Agent, proveSnapshot } from './prove-snapshot.ts'
import { openQga, type Qga, type QgaName } from './qga.ts'

const { scenario } = guestOf()

const hook = '/etc/qemu/fsfreeze-hook'
const names: readonly QgaName[] = ['qemu-ga-bookworm', 'qemu-ga-trixie', 'qemu-ga-sid']

/** From 9.1 on the agent reads what its hook says, and puts it into the error. */
const isListener = (name: QgaName) => name !== 'qemu-ga-bookworm'

for (const name of names) {
  describe(`${name}, with the dispatcher of its package`, () => {
    dispatcherOf(name)
    installedFor('qemu')

    scenario('makes a copy of the moment that the verdict speaks of', async (guest) => {
      await using agent = await openQga(name, guest)
      await proveSnapshot(guest, asAgent(agent))
      assert.equal(await agent.status(), 'thawed')
      assert.match(await agent.trace(), /FIFREEZE \S+ done/)
    })

    scenario('thaws without a freeze, twice: there is nothing to thaw, and no error', async (guest) => {
      await using agent = await openQga(name, guest)
      assert.equal(await agent.thaw(), 0)
      assert.equal(await agent.thaw(), 0)
    })

    scenario('does not freeze the disk where the database cannot be locked', async (guest) => {
      await guest.settle({ 'freeze-within': '2s' })
      await using agent = await openQga(name, guest)
      await using _blocker = await guest.writer.occupies('LOCK TABLES shop.orders WRITE')
      assert.match(String(await agent.freeze()), isListener(name) ? /: no lock within/ : /status (14|25)$/)
      await isUndone(guest)
      assert.equal(await agent.status(), 'thawed')
    })

    scenario('does not freeze the disk when another hook fails after ours: ours is undone', async (guest) => {
      await using _failing = await neighbourAt(join(hookScripts, 'zzz-failing'), '[ "$1" = thaw ] || exit 9')
      await using agent = await openQga(name, guest)
      assert.match(String(await agent.freeze()), isListener(name) ? /zzz-failing failed/ : /status 9$/)
      await isUndone(guest)
      assert.equal(await agent.status(), 'thawed')
    })

    scenario('cannot freeze the disk after the database: it is let go', async (guest) => {
      await using agent = await openQga(name, guest, { freezing: 'fails' })
      assert.match(String(await agent.freeze()), /failed to freeze/)
      await isUndone(guest)
      assert.equal(await agent.status(), 'thawed')
    })

    scenario('makes a snapshot, and the doctor says that all is well', async (guest) => {
      await using agent = await openQga(name, guest)
      await isConsistent(guest, agent)
      await isWell(name)
    })

    scenario('is not kept waiting by a hook whose child holds the pipe', async (guest) => {
      const pids = join(guest.folder, 'pids')
      await using _lingering = await neighbourAt(
        join(hookScripts, '50-lingering'),
        `sleep 1000 & echo "$!" >>${pids}`,
      )
      await using agent = await openQga(name, guest)
      await isConsistent(guest, agent)
      await endProcesses(await processesIn(pids))
    })

    scenario(
      'is killed while frozen: the one after it thaws, and the snapshot is consistent',
      async (guest) => {
        await using agent = await openQga(name, guest)
        assert.equal(await agent.freeze(), 1)
        await agent.daemon.kill('SIGKILL')
        await using next = await openQga(name, guest)
        assert.equal(await next.status(), 'frozen')
        assert.equal(await guest.disk.isFrozen(), true)
        assert.equal(await next.thaw(), 1)
        assert.deepEqual(await verdicts(guest), ['yes'])
      },
    )

    scenario(
      'finds no disk to freeze, and is told to thaw all the same: it is let go, and the verdict is unknown',
      async (guest) => {
        await using agent = await openQga(name, guest, { freezing: 'nothing' })
        assert.equal(await agent.freeze(), 0)
        assert.equal(await agent.status(), 'thawed')
        assert.ok((await guest.hold())?.frozen)
        await agent.thaw()
        assert.deepEqual(await verdicts(guest), ['unknown'])
        assert.match(
          await frozenCheck(guest),
          /^unknown: qemu-ga did not freeze the disks: \S+ \(ext4\) could/,
        )
      },
    )

    scenario(
      'cannot open a mount point: nothing is frozen, and the thaw that it calls does not say "consistent"',
      async (guest) => {
        await using _hidden = await hiddenDisk(guest.folder)
        await using agent = await openQga(name, guest)
        assert.match(String(await agent.freeze()), /failed to open/)
        await until('the hook has thawed', async () => (await guest.runs()).length > 0)
        assert.deepEqual(await verdicts(guest), ['unknown'])
        assert.match(await frozenCheck(guest), /^unknown: qemu-ga did not freeze the disks: /)
        assert.equal(await agent.status(), 'thawed')
      },
    )

    scenario('freezes the disk: the verdict says from when to when', async (guest) => {
      await using agent = await openQga(name, guest)
      await isConsistent(guest, agent)
      assert.match(await frozenCheck(guest), /^yes: qemu-ga froze \S+ \(ext4\) from \S+Z to \S+Z$/)
      const [run] = await guest.runs()
      assert.equal(Object(run?.['invoker']).name, 'qemu-ga')
    })

    scenario('finds no disk to freeze, and nobody thaws: hold-at-most ends the lock', async (guest) => {
      await guest.settle({ 'hold-at-most': '4s' })
      await using agent = await openQga(name, guest, { freezing: 'nothing' })
      assert.equal(await agent.freeze(), 0)
      await guest.holdWhen('the hold has expired', ({ ended }) => ended?.ending === 'expired')
      await guest.writer.writesAtOnce()
      await guest.settle({})
      await agent.freeze()
      await agent.thaw()
      assert.deepEqual(await verdicts(guest), ['no', 'unknown'])
    })
  })
}

describe('qemu-ga-bookworm, with no dispatcher', () => {
  installedFor('qemu')
  scenario('makes a copy of the moment that the verdict speaks of', async (guest) => {
    await using agent = await openQga('qemu-ga-bookworm', guest)
    await proveSnapshot(guest, asAgent(agent))
  })
})

/** The hook that Debian installs with the agent: it runs the scripts of a folder, and never fails. */
function dispatcherOf(name: QgaName): void {
  before(async () => {
    if (cannotRun !== undefined) return
    await mkdir('/etc/qemu', { recursive: true })
    await copyFile(join((await programOf(name)).folder, hook), hook)
  })
  after(async () => await rm(hook, { force: true }))
}

function asAgent(agent: Qga): Agent {
  return {
    async freeze() {
      assert.equal(await agent.freeze(), 1)
    },
    async thaw() {
      assert.equal(await agent.thaw(), 1)
    },
  }
}

async function isConsistent(guest: Guest, agent: Qga): Promise<void> {
  assert.equal(typeof (await agent.freeze()), 'number')
  assert.equal(typeof (await agent.thaw()), 'number')
  assert.deepEqual(await verdicts(guest), ['yes'])
}

async function processesIn(file: string): Promise<readonly { readonly pid: number; readonly args: [] }[]> {
  const text = await until('the pids are noted', async () => await readFile(file, 'utf8').catch(() => null))
  await rm(file)
  return text
    .trim()
    .split('\n')
    .map((pid) => ({ pid: Number(pid), args: [] }))
}
