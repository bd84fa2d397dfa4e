import assert from 'node:assert/strict'
import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, describe } from 'node:test'
import { until } from '../support/until.ts'
import { type Guest, guestOf } from './guest.ts'
import { installFor } from './install.ts'
import { judgeCopy } from './judge-copy.ts'
import { startLoad } from './load.ts'
import { cannotRun } from './place.ts'
import { openQga, type Qga, type QgaName } from './qga.ts'

const { scenario } = guestOf()

let installed: AsyncDisposable | undefined
before(async () => {
  if (cannotRun === undefined) installed = await installFor('qemu')
})
after(async () => await installed?.[Symbol.asyncDispose]())

/** From this version on a hook writes into a pipe that the agent reads to its end, and then puts into the error. */
const readers: readonly QgaName[] = ['qemu-ga-trixie', 'qemu-ga-sid']

for (const name of ['qemu-ga-bookworm', 'qemu-ga-trixie', 'qemu-ga-sid'] as const) {
  describe(name, () => {
    scenario(
      'copies the moment that the verdict speaks of, with data, log and record on the frozen disk',
      async (guest) => {
        await using load = await startLoad(guest.server.socket)
        await using agent = await openQga(name, guest)
        assert.equal(await agent.freeze(), 1)
        assert.equal(await agent.status(), 'frozen')
        assert.equal(await guest.disk.isFrozen(), true)
        const { frozen } = (await guest.hold())!
        const [counted] = await guest.writer.ask('SELECT COUNT(*) AS n FROM ledger.booked')
        const image = await guest.disk.copy('copy')
        assert.equal(await agent.thaw(), 1)

        const copied = await judgeCopy(image)
        assert.equal(copied.rows, Number(counted?.['n']))
        assert.ok(copied.rows > 0 && copied.rows < load.written())
        assert.deepEqual(copied.coordinates, frozen?.coordinates)
        assert.deepEqual(await verdicts(guest), ['yes'])
      },
    )

    scenario('thaws without a freeze, twice: there is nothing to thaw, and no error', async (guest) => {
      await using agent = await openQga(name, guest)
      assert.equal(await agent.thaw(), 0)
      assert.equal(await agent.thaw(), 0)
      assert.equal(await agent.status(), 'thawed')
    })

    scenario(
      'refuses to freeze where the database cannot be locked: nothing is frozen, and nothing is left',
      async (guest) => {
        await guest.settle({ 'freeze-within': '2s' })
        await using agent = await openQga(name, guest)
        await using _blocker = await guest.writer.occupies('LOCK TABLES shop.orders WRITE')
        const error = await agent.freeze()
        if (readers.includes(name))
          assert.match(String(error), /: not frozen: no lock within .*; end the statement/)
        else assert.equal(error, 'fsfreeze hook has failed with status 25')
        assert.equal(await agent.status(), 'thawed')
        assert.equal(await guest.disk.isFrozen(), false)
        assert.equal(await agent.trace(), '')
        assert.deepEqual(await guest.files(), [])
      },
    )

    scenario(
      'is killed while frozen: the one that is started after it thaws, and the snapshot is consistent',
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

    scenario('freezes no file system, and is told to thaw all the same: it lets go', async (guest) => {
      await using agent = await openQga(name, guest, { mayFreeze: 'nothing' })
      assert.equal(await agent.freeze(), 0)
      assert.equal(await agent.status(), 'thawed')
      assert.ok((await guest.hold())?.frozen)
      assert.equal(await agent.thaw(), 0)
      assert.deepEqual(await verdicts(guest), ['yes'])
    })

    scenario(
      'freezes no file system, and nobody thaws: the lock is let go after hold-at-most',
      async (guest) => {
        await guest.settle({ 'hold-at-most': '1s' })
        await using agent = await openQga(name, guest, { mayFreeze: 'nothing' })
        assert.equal(await agent.freeze(), 0)
        await guest.holdWhen('the hold has expired', ({ ended }) => ended?.ending === 'expired')
        await guest.writer.writesAtOnce()
        await guest.settle({})
        await isConsistent(guest, agent, ['no', 'yes'])
      },
    )
  })
}

async function isConsistent(guest: Guest, agent: Qga, all: readonly string[] = ['yes']): Promise<void> {
  assert.notEqual(typeof (await agent.freeze()), 'string')
  assert.notEqual(typeof (await agent.thaw()), 'string')
  assert.deepEqual(await verdicts(guest), all)
}

async function verdicts(guest: Guest): Promise<readonly unknown[]> {
  return (await guest.runs()).map((run) => run['verdict'])
}
