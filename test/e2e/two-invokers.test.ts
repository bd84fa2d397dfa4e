import assert from 'node:assert/strict'
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'node:test'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn } from '../support/guest.ts'
import type { Lab } from '../support/lab.ts'
import type { Result } from '../support/scripts.ts'
import { agentNamed, type StandIn, veeamPair } from '../support/stand-in.ts'

const { scenario } = guestOn('mariadb-10.11')
const notRoot = process.getuid?.() !== 0 && 'the pair for Veeam runs as root alone'

/** Let go by its own thaw, with a verdict of its own. A stand-in for an agent that freezes disks freezes none, and hears that. */
function isJudged({ stdout }: Result): void {
  assert.match(stdout, /^thawed after .*(is consistent|did not freeze the disks: .*)$/m)
}

type Comes = (lab: Lab) => Promise<StandIn>

const vmware: Comes = (lab) => agentNamed('vmtoolsd', lab)
const qemu: Comes = (lab) => agentNamed('qemu-ga', lab)

describe('the thaw of an invoker whose own freeze was refused lets nothing go, and hears "not consistent":', () => {
  for (const [title, first, second, name, skip] of [
    ['VMware Tools hold, and the pair for Veeam was refused', vmware, veeamPair, 'veeam', notRoot],
    ['the pair for Veeam holds, and VMware Tools were refused', veeamPair, vmware, 'vmtoolsd', notRoot],
    ['VMware Tools hold, and the QEMU guest agent was refused', vmware, qemu, 'qemu-ga', false],
  ] as const)
    scenario(
      title,
      async ({ lab, writer }) => {
        const [holder, refused] = [await first(lab), await second(lab)]
        succeeds(await holder.freeze(), /^frozen at /)
        const { run } = (await lab.hold())!
        const waiting = await writer.isKeptWaiting()
        failsWith('busy', await refused.freeze(), /^not frozen: the tables are frozen already: /)
        assert.equal((await stat(join(lab.stateDir, `refused-${name}`))).mode & 0o777, 0o600)
        const line = new RegExp(
          `^not consistent: nothing was let go, for the freeze of ${name} was refused: .* run ${run}`,
        )
        for (const _ of ['once', 'again']) failsWith('not-consistent', await refused.thaw(), line)
        assert.equal(await waiting.stillWaits(), true)
        isJudged(await holder.thaw())
        await waiting.written

        succeeds(await refused.freeze(), /^frozen at /)
        isJudged(await refused.thaw())
      },
      { skip },
    )

  scenario('also where the other one has thawed meanwhile, once', async ({ lab }) => {
    const [holder, refused] = [await vmware(lab), await qemu(lab)]
    await holder.freeze()
    await refused.freeze()
    isJudged(await holder.thaw())
    failsWith('not-consistent', await refused.thaw(), /^not consistent: nothing was let go, /)
    succeeds(await refused.thaw(), /^nothing to thaw$/m)
  })

  scenario('also where the other one has frozen anew meanwhile', async ({ lab, writer }) => {
    const [holder, refused] = [await vmware(lab), await qemu(lab)]
    await holder.freeze()
    await refused.freeze()
    await holder.thaw()
    await holder.freeze()
    const waiting = await writer.isKeptWaiting()
    failsWith('not-consistent', await refused.thaw(), /^not consistent: nothing was let go, /)
    assert.equal(await waiting.stillWaits(), true)
    isJudged(await holder.thaw())
  })

  scenario('with freezeFail it fails nobody, and lets nothing go either', async ({ lab, writer }) => {
    const [holder, refused] = [await qemu(lab), await vmware(lab)]
    await holder.freeze()
    await refused.freeze()
    const waiting = await writer.isKeptWaiting()
    succeeds(
      await refused.thaw('freezeFail'),
      /^nothing was let go, for the freeze of vmtoolsd was refused: /,
    )
    assert.equal(await waiting.stillWaits(), true)
    isJudged(await holder.thaw())
    await rm(join(lab.stateDir, 'refused-vmtoolsd'), { force: true })
  })
})

describe('the thaw lets go, for nobody can tell whose it is,', () => {
  scenario('where the same agent was refused that holds', async ({ lab }) => {
    const agent = await vmware(lab)
    succeeds(await agent.freeze(), /^frozen at /)
    failsWith('busy', await agent.freeze(), /^not frozen: /)
    isJudged(await agent.thaw())
  })

  scenario('where it was refused to no agent that is known', async ({ lab }) => {
    const [holder, shell] = [await vmware(lab), await agentNamed('backup.sh', lab)]
    succeeds(await holder.freeze(), /^frozen at /)
    failsWith('busy', await shell.freeze(), /^not frozen: /)
    isJudged(await shell.thaw())
  })

  scenario('where an operator lets go by hand after an agent was refused', async ({ lab }) => {
    const [holder, refused] = [await vmware(lab), await qemu(lab)]
    await holder.freeze()
    await refused.freeze()
    isJudged(await lab.thaw('thaw'))
    await rm(join(lab.stateDir, 'refused-qemu-ga'))
  })
})
