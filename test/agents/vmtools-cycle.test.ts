import assert from 'node:assert/strict'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'node:test'
import { isWell } from './doctor.ts'
import { guestOf } from './guest.ts'
import { installedFor } from './install.ts'
import { backupScripts, neighbourThatNotes } from './neighbours.ts'
import { frozenCheck, verdicts } from './outcome.ts'
import { proveSnapshot } from './prove-snapshot.ts'
import { asAgent, letGo, openVmtools, scriptFailed } from './vmtools.ts'
import type { QuiesceParameters } from './xdr.ts'

const { scenario } = guestOf()

describe('vmtoolsd, with the pair in /usr/sbin', () => {
  installedFor('vmware')

  scenario('makes a copy of the moment that the verdict speaks of', async (guest) => {
    await using agent = await openVmtools(guest)
    await proveSnapshot(guest, asAgent(agent))
    assert.match(await agent.said(), /^frozen at .*\nthawed after .*, the snapshot is consistent\n$/)
  })

  scenario('freezes the disk: the verdict says from when to when', async (guest) => {
    await using agent = await openVmtools(guest)
    await agent.freeze()
    assert.deepEqual(await agent.thaw(), [])
    assert.match(await frozenCheck(guest), /^yes: vmtoolsd froze \S+ \(ext4\) from \S+Z to \S+Z$/)
  })

  scenario('freezes no disk, as its own configuration says: it is not waited for', async (guest) => {
    await using _off = await toolsConf('[vmbackup]\nenableSyncDriver=false\n')
    await using agent = await openVmtools(guest, { conf: { enableSyncDriver: 'false' } })
    await agent.freeze()
    assert.equal(await guest.disk.isFrozen(), false)
    assert.deepEqual(await agent.thaw(), [])
    assert.deepEqual(await verdicts(guest), ['yes'])
    assert.match(
      await frozenCheck(guest),
      /^not-applicable: vmtoolsd was told not to freeze the file systems: /,
    )
  })

  scenario('freezes no disk, and nothing says why: the verdict is unknown', async (guest) => {
    await using agent = await openVmtools(guest, { conf: { enableSyncDriver: 'false' } })
    await agent.freeze()
    assert.match((await agent.thaw()).join('\n'), scriptFailed)
    assert.deepEqual(await verdicts(guest), ['unknown'])
    assert.match(await frozenCheck(guest), /^unknown: vmtoolsd did not freeze the disks: /)
  })

  scenario('makes three snapshots in a row, and the doctor says that all is well', async (guest) => {
    await using agent = await openVmtools(guest)
    for (const _ of [1, 2, 3]) {
      await agent.freeze()
      assert.deepEqual(await agent.thaw(), [])
    }
    assert.deepEqual(await verdicts(guest), ['yes', 'yes', 'yes'])
    await isWell('vmtoolsd')
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
    await agent.end()
    assert.deepEqual(await neighbour.calls(), [['freeze'], ['freezeFail']])
    assert.match(await agent.said(), letGo)
  })

  scenario(
    'finds us in backupScripts.d as well: it would lock twice, and refuses the snapshot',
    async (guest) => {
      await using _second = await linkedIntoBackupScripts()
      await using agent = await openVmtools(guest)
      agent.start()
      assert.match(await agent.end(), scriptFailed)
      const said = await agent.said()
      assert.match(said, /^frozen at .*\nnot frozen: the tables are frozen already: .*\nlet go after .*\n$/)
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
    await agent.end()
    assert.match(await agent.said(), letGo)
  })
})

/** What install refuses to do, done by hand. */
async function linkedIntoBackupScripts(): Promise<AsyncDisposable> {
  const file = join(backupScripts, '50-mysql-quiesce')
  await mkdir(backupScripts, { recursive: true })
  await symlink('/usr/lib/mysql-quiesce/current/platforms/freeze-or-thaw', file)
  return { [Symbol.asyncDispose]: async () => await rm(file) }
}

/** Where vmtoolsd has its configuration on a real machine. */
async function toolsConf(text: string): Promise<AsyncDisposable> {
  const file = '/etc/vmware-tools/tools.conf'
  await mkdir('/etc/vmware-tools', { recursive: true })
  await writeFile(file, text)
  return { [Symbol.asyncDispose]: () => rm(file) }
}
