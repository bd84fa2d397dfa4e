import assert from 'node:assert/strict'
import { mkdir, rm } from 'node:fs/promises'
import { describe } from 'node:test'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn, type Scene } from '../support/guest.ts'
import { interfere } from '../support/interfere.ts'
import type { Lab } from '../support/lab.ts'
import { freezeAt, lockerStopped, nodeOf } from '../support/moments.ts'
import { until } from '../support/until.ts'

const { scenario } = guestOn('mariadb-10.11')

// Each process, killed and stopped in each phase, is in test/faults: here is what its table does not say.

describe('pre-freeze-script, told to stop,', () => {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    scenario(`undoes everything in under 5 s: by ${signal} to its launcher`, async (scene) => {
      await using freezing = await freezeAt('waiting for the lock', scene)
      const begin = performance.now()
      freezing.freeze.kill(signal)
      failsWith('stopped', await freezing.freeze.ended, /^not frozen: stopped by SIGTERM;/)
      assert.ok(performance.now() - begin < 5000)
      await thawsNothing(scene.lab)
    })
  }

  scenario('says so before its Node has begun, and has asked for nothing', async ({ lab }) => {
    using gate = interfere(lab, { how: 'gate', script: 'pre-freeze-script' })
    gate.set()
    const freeze = lab.start('pre-freeze-script', ['freeze'])
    await until('Node stands at the gate', () => nodeOf(lab, 'pre-freeze-script'))
    freeze.kill('SIGTERM')
    assert.equal((await freeze.ended).exitCode, 143)
    await thawsNothing(lab)
  })

  async function thawsNothing(lab: Lab): Promise<void> {
    assert.deepEqual(await lab.files(), [])
    succeeds(await lab.thaw('freezeFail'), /^nothing to thaw$/m)
  }
})

describe('pre-freeze-script, killed,', () => {
  scenario('does not go on to lock when its launcher was killed before Node had begun', async ({ lab }) => {
    using gate = interfere(lab, { how: 'gate', script: 'pre-freeze-script' })
    gate.set()
    const freeze = lab.start('pre-freeze-script', ['freeze'])
    await until('Node stands at the gate', () => nodeOf(lab, 'pre-freeze-script'))
    freeze.kill('SIGKILL')
    gate.clear()
    assert.equal((await freeze.ended).signal, 'SIGKILL')
    await until('Node has ended', async () => (await lab.processes()).length === 0)
    assert.deepEqual(
      (await lab.log()).filter(({ msg }) => msg.startsWith('frozen at')),
      [],
    )
    await lab.thaw('thaw')
  })

  scenario(
    'leaves a thaw that says "not consistent" when its launcher was killed just before the lock was there',
    async (scene) => {
      const { lab } = scene
      const freezing = await freezeAt('waiting for the lock', scene)
      freezing.freeze.kill('SIGKILL')
      await freezing[Symbol.asyncDispose]()
      assert.equal((await freezing.freeze.ended).signal, 'SIGKILL')
      await until('Node has ended', async () => !(await nodeOf(lab, 'pre-freeze-script')))
      failsWith('not-consistent', await lab.thaw('thaw'), /the snapshot is not consistent: /)
    },
  )
})

describe('locktables, before the lock is there,', () => {
  scenario(
    'dead of its own out-of-memory: the freeze fails, and every line of the log is still JSON',
    async (scene) => {
      using death = interfere(scene.lab, { how: 'out-of-memory', script: 'locktables' })
      await using freezing = await freezeAt('waiting for the lock', scene)
      death.set()
      failsWith('locker-died', await freezing.freeze.ended, /^not frozen: locktables .* died of SIGABRT /)
      assert.ok((await scene.lab.log()).some(({ msg }) => msg.includes('heap out of memory')))
    },
  )
})

describe('locktables, holding the lock,', () => {
  scenario(
    'stopped by SIGSTOP: the server itself drops the lock after hold-at-most',
    async ({ lab, writer }) => {
      await lab.settle({ 'hold-at-most': '2s' })
      await lab.freeze('freeze')
      await using still = await lockerStopped(lab)
      const waiting = await writer.isKeptWaiting()
      await waiting.written
      await still[Symbol.asyncDispose]()
      failsWith('not-consistent', await lab.thaw('thaw'), /is not consistent: /)
    },
  )

  scenario(
    'for longer than hold-at-most: it lets go by itself, and says that it is not consistent',
    async (scene) => {
      const { lab, writer } = scene
      await lab.settle({ 'hold-at-most': '2s' })
      await lab.freeze('freeze')
      const waiting = await writer.isKeptWaiting()
      await waiting.written
      await lab.holdWhen('it has ended', ({ ended }) => ended !== null)
      const why = /is not consistent: the hold expired after 2\.\d s, before the snapshot was over;/
      failsWith('not-consistent', await lab.thaw('thaw'), why)
    },
  )
})

describe('locktables, thawing,', () => {
  scenario('stopped for a while by SIGSTOP: the thaw waits for its verdict', async (scene) => {
    const { thaw, locker, waiting } = await thawing(scene)
    process.kill(locker, 'SIGCONT')
    succeeds(await thaw.ended, /is consistent$/m)
    await waiting.written
  })

  async function thawing({ lab, writer }: Scene) {
    await lab.freeze('freeze')
    const waiting = await writer.isKeptWaiting()
    await lockerStopped(lab)
    const thaw = lab.start('post-thaw-script', ['thaw'])
    await until('Node waits for the ending', () => nodeOf(lab, 'post-thaw-script'))
    await until('it is let go', async () => !(await lab.files()).includes('waitforsnapshot'))
    return { thaw, waiting, locker: (await lab.hold())!.locker.pid }
  }
})

describe('post-thaw-script lets go before its Node has begun,', () => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    scenario(
      `so ${signal} to its Node leaves nothing locked; a second thaw does not say consistent`,
      async (scene) => {
        const { lab, writer } = scene
        await lab.freeze('freeze')
        const waiting = await writer.isKeptWaiting()
        using gate = interfere(lab, { how: 'gate', script: 'post-thaw-script' })
        gate.set()
        const thaw = lab.start('post-thaw-script', ['thaw'])
        await waiting.written
        process.kill(await until('Node is there', () => nodeOf(lab, 'post-thaw-script')), signal)
        assert.equal((await thaw.ended).exitCode, signal === 'SIGTERM' ? 143 : 137)
        gate.clear()
        failsWith('not-consistent', await lab.thaw('thaw'), /is not consistent: somebody else let go/)
      },
    )
  }

  scenario(
    'so a state directory that is gone by then does not make it say that there was nothing to thaw',
    async ({ lab, writer }) => {
      await lab.freeze('freeze')
      const waiting = await writer.isKeptWaiting()
      using gate = interfere(lab, { how: 'gate', script: 'post-thaw-script' })
      gate.set()
      const thaw = lab.start('post-thaw-script', ['thaw'])
      await waiting.written
      await until('Node is there', () => nodeOf(lab, 'post-thaw-script'))
      await until('locktables is gone', async () => !(await nodeOf(lab, 'locktables')))
      await rm(lab.stateDir, { recursive: true })
      gate.clear()
      // The lock was there: what is not known is only what its locker had seen.
      failsWith('verdict-unknown', await thaw.ended, /^let go, the verdict is unknown: hold.json is gone/)
      await mkdir(lab.stateDir, { mode: 0o700 })
    },
  )

  scenario(
    'so SIGKILL to its launcher leaves nothing locked, and its Node cleans up',
    async ({ lab, writer }) => {
      await lab.freeze('freeze')
      const waiting = await writer.isKeptWaiting()
      using gate = interfere(lab, { how: 'gate', script: 'post-thaw-script' })
      gate.set()
      const thaw = lab.start('post-thaw-script', ['thaw'])
      await waiting.written
      await lab.holdWhen('it is let go', ({ ended }) => ended?.ending === 'let-go')
      await until('Node is there', () => nodeOf(lab, 'post-thaw-script'))
      thaw.kill('SIGKILL')
      gate.clear()
      assert.equal((await thaw.ended).signal, 'SIGKILL')
    },
  )
})

scenario(
  'post-thaw-script, killed while it waits for a locktables that stands still, leaves the lock to the server',
  async (scene) => {
    const { lab, writer } = scene
    await lab.settle({ 'hold-at-most': '2s' })
    await lab.freeze('freeze')
    const waiting = await writer.isKeptWaiting()
    await using still = await lockerStopped(lab)
    const thaw = lab.start('post-thaw-script', ['thaw'])
    await until('Node is there', () => nodeOf(lab, 'post-thaw-script'))
    thaw.kill('SIGTERM')
    assert.notEqual((await thaw.ended).exitCode, 0)
    await waiting.written
    await still[Symbol.asyncDispose]()
    await lab.thaw('freezeFail')
  },
)
