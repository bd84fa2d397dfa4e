import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn, type Scene } from '../support/guest.ts'
import { interfere } from '../support/interfere.ts'
import type { Lab } from '../support/lab.ts'
import { freezeAt, lockerStopped, nodeOf, everyWait } from '../support/moments.ts'
import { until } from '../support/until.ts'

const { scenario } = guestOn('mariadb-10.11')

describe('pre-freeze-script, told to stop,', () => {
  for (const wait of everyWait) {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      scenario(`undoes everything in under 5 s: by ${signal} to its launcher, ${wait}`, async (scene) => {
        await using freezing = await freezeAt(wait, scene)
        const begin = performance.now()
        freezing.freeze.kill(signal)
        failsWith('stopped', await freezing.freeze.ended, /^not frozen: stopped by SIGTERM;/)
        assert.ok(performance.now() - begin < 5000)
        await thawsNothing(scene.lab)
      })
    }

    scenario(`undoes everything: by SIGTERM to its Node, ${wait}`, async (scene) => {
      await using freezing = await freezeAt(wait, scene)
      process.kill((await nodeOf(scene.lab, 'pre-freeze-script'))!, 'SIGTERM')
      failsWith('stopped', await freezing.freeze.ended, /^not frozen: stopped by SIGTERM;/)
      await thawsNothing(scene.lab)
    })
  }

  scenario('undoes everything while its locktables has not begun', async ({ lab }) => {
    using gate = interfere(lab, { how: 'gate', script: 'locktables' })
    gate.set()
    const freeze = lab.start('pre-freeze-script', ['freeze'])
    await until('locktables stands at the gate', () => nodeOf(lab, 'locktables'))
    freeze.kill('SIGTERM')
    failsWith('stopped', await freeze.ended, /^not frozen: stopped by SIGTERM;/)
    await thawsNothing(lab)
  })

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
  for (const wait of everyWait) {
    scenario(
      `leaves no lock when its Node dies of SIGKILL, ${wait}: its launcher says 137`,
      async (scene) => {
        await using freezing = await freezeAt(wait, scene)
        process.kill((await nodeOf(scene.lab, 'pre-freeze-script'))!, 'SIGKILL')
        assert.equal((await freezing.freeze.ended).exitCode, 137)
        await isNotConsistent(scene.lab, /pre-freeze-script died before it handed over/)
      },
    )

    scenario(
      `leaves no lock when its launcher dies of SIGKILL, ${wait}, and no thaw is content`,
      async (scene) => {
        await using freezing = await freezeAt(wait, scene)
        freezing.freeze.kill('SIGKILL')
        assert.equal((await freezing.freeze.ended).signal, 'SIGKILL')
        await isNotConsistent(scene.lab, /the lock was never there/)
      },
    )

    for (const [how, exitCode] of [
      ['abort', 134],
      ['out-of-memory', 134],
    ] as const) {
      scenario(`fails and leaves no lock when it dies of ${how}, ${wait}`, async (scene) => {
        using death = interfere(scene.lab, { how, script: 'pre-freeze-script' })
        await using freezing = await freezeAt(wait, scene)
        death.set()
        const { stderr, ...end } = await freezing.freeze.ended
        assert.deepEqual([end.exitCode, stderr], [exitCode, ''])
        await isNotConsistent(scene.lab, /pre-freeze-script died before it handed over/)
      })
    }
  }

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

  scenario('lets its locktables, which has not begun, never lock', async ({ lab }) => {
    using gate = interfere(lab, { how: 'gate', script: 'locktables' })
    gate.set()
    const freeze = lab.start('pre-freeze-script', ['freeze'])
    await until('locktables stands at the gate', () => nodeOf(lab, 'locktables'))
    process.kill((await nodeOf(lab, 'pre-freeze-script'))!, 'SIGKILL')
    assert.equal((await freeze.ended).exitCode, 137)
    gate.clear()
    await isNotConsistent(lab, /pre-freeze-script died before it handed over/)
  })

  async function isNotConsistent(lab: Lab, why: RegExp): Promise<void> {
    await until('no process is left', async () => (await lab.processes()).length === 0)
    const thawed = await lab.thaw('thaw')
    failsWith('not-consistent', thawed, /^thawed after 0\.0 s, the snapshot is not consistent: /)
    assert.match(thawed.stdout, why)
  }
})

describe('pre-freeze-script, standing still,', () => {
  scenario('leaves the lock to hold-at-most', async (scene) => {
    await using freezing = await freezeAt('waiting for the lock', scene, '--hold-at-most=3s')
    const { lab, writer } = scene
    process.kill((await nodeOf(lab, 'pre-freeze-script'))!, 'SIGSTOP')
    await freezing[Symbol.asyncDispose]()
    const waiting = await writer.isKeptWaiting()
    await waiting.written
    process.kill((await nodeOf(lab, 'pre-freeze-script'))!, 'SIGCONT')
    const { exitCode, stdout } = await freezing.freeze.ended
    assert.notEqual(exitCode, 0)
    assert.match(stdout, /^not frozen: /)
    await lab.thaw('freezeFail')
  })
})

describe('locktables, before the lock is there,', () => {
  for (const wait of everyWait) {
    scenario(`killed by SIGTERM, ${wait}: the freeze fails and leaves nothing`, async (scene) => {
      await using freezing = await freezeAt(wait, scene)
      process.kill(freezing.locker, 'SIGTERM')
      const line = /^not frozen: locktables was stopped: stopped by SIGTERM;/
      failsWith('stopped', await freezing.freeze.ended, line)
    })

    scenario(`killed by SIGKILL, ${wait}: the freeze fails and leaves nothing`, async (scene) => {
      await using freezing = await freezeAt(wait, scene)
      process.kill(freezing.locker, 'SIGKILL')
      const line = new RegExp(
        `^not frozen: locktables .pid ${freezing.locker}. died of SIGKILL before the lock was there;`,
      )
      failsWith('locker-died', await freezing.freeze.ended, line)
    })

    scenario(`stopped by SIGSTOP, ${wait}: the freeze fails in time, and kills it`, async (scene) => {
      await using freezing = await freezeAt(wait, scene, '--freeze-within=2s')
      process.kill(freezing.locker, 'SIGSTOP')
      failsWith(
        'freeze-timeout',
        await freezing.freeze.ended,
        new RegExp(`^not frozen: no lock within 2.*: ${wait}`),
      )
    })
  }

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
  for (const [signal, why] of [
    [
      'SIGTERM',
      /the snapshot is not consistent: locktables was stopped after .* s, before the snapshot was over;/,
    ],
    [
      'SIGKILL',
      /the snapshot is not consistent: locktables .* died with the lock, before the snapshot was over;/,
    ],
  ] as const) {
    scenario(
      `killed by ${signal}: writers go on at once, and the thaw says that it is not consistent`,
      async (scene) => {
        const { lab, writer } = scene
        await lab.freeze('freeze')
        const waiting = await writer.isKeptWaiting()
        process.kill((await lab.hold())!.locker.pid, signal)
        await waiting.written
        failsWith('not-consistent', await lab.thaw('thaw'), why)
      },
    )
  }

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
    'stopped by SIGSTOP: the thaw ends it, and says that it is not consistent',
    async ({ lab, writer }) => {
      await lab.settle({ 'thaw-within': '1s' })
      await lab.freeze('freeze')
      await using _still = await lockerStopped(lab)
      const waiting = await writer.isKeptWaiting()
      failsWith(
        'not-consistent',
        await lab.thaw('thaw'),
        /is not consistent: locktables .* died with the lock/,
      )
      await waiting.written
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
  scenario('killed by SIGKILL: the thaw says at once that it is not consistent', async (scene) => {
    const { thaw, locker, waiting } = await thawing(scene)
    process.kill(locker, 'SIGKILL')
    failsWith('not-consistent', await thaw.ended, /is not consistent: locktables .* died with the lock/)
    await waiting.written
  })

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
    'so SIGKILL to its launcher leaves nothing locked, and its Node cleans up',
    async ({ lab, writer }) => {
      await lab.freeze('freeze')
      const waiting = await writer.isKeptWaiting()
      using gate = interfere(lab, { how: 'gate', script: 'post-thaw-script' })
      gate.set()
      const thaw = lab.start('post-thaw-script', ['thaw'])
      await waiting.written
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
