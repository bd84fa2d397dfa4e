import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Failure } from '../../src/core/failure.ts'
import { asFreezeFailure, GiveUp, giveUpWhen } from '../../src/quiesce/give-up.ts'
import { type Guest, guest } from '../support/fake/guest.ts'

describe('a locker gives up', () => {
  for (const [what, why, act] of [
    ['waitforsnapshot is removed', 'let-go', ({ g }) => g.stateDir.remove('waitforsnapshot')],
    ['waitforsnapshot is another one', 'let-go', ({ g }) => g.stateDir.write('waitforsnapshot', 'b')],
    ['it is told to stop', 'stopped', ({ stop }) => stop.abort('stopped by SIGTERM')],
    ['its leash breaks', 'leash-broken', ({ broken }) => broken.abort()],
  ] as readonly (readonly [string, GiveUp['why'], (scene: Scene) => unknown])[]) {
    test(`when ${what}`, async () => {
      const scene = aScene()
      using giving = begin(scene)
      assert.equal(giving.signal.aborted, false)
      act(scene)
      await scene.g.schedule.pass(1)
      assert.equal(giving.signal.reason.why, why)
    })

    test(`at once when ${what} before it begins`, () => {
      const scene = aScene()
      act(scene)
      using giving = begin(scene)
      assert.equal(giving.signal.reason.why, why)
    })

    test(`no more when it is over, though ${what} then`, async () => {
      const scene = aScene()
      const giving = begin(scene)
      giving[Symbol.dispose]()
      act(scene)
      await scene.g.schedule.pass(1)
      assert.equal(giving.signal.aborted, false)
    })
  }

  test('not when something else changes in the state directory', async () => {
    const scene = aScene()
    using giving = begin(scene)
    scene.g.stateDir.remove('waitforlock')
    scene.g.stateDir.write('waitforsnapshot', 'a')
    await scene.g.schedule.pass(1)
    assert.equal(giving.signal.aborted, false)
  })

  test('where the state directory cannot be read any more, for nobody could tell it to let go', async () => {
    const scene = aScene()
    using giving = begin(scene)
    scene.g.stateDir.beforeOperation(() => {
      throw new Failure('state-dir-unusable', 'waitforsnapshot cannot be read: permission denied')
    })
    scene.g.stateDir.write('hold.json', '')
    await scene.g.schedule.pass(1)
    assert.equal(giving.signal.reason.why, 'stopped')
    assert.match(giving.signal.reason.message, /waitforsnapshot cannot be read: permission denied/)
  })
})

describe('giving up before the lock was there', () => {
  for (const [why, code] of [
    ['let-go', 'cancelled'],
    ['stopped', 'stopped'],
    ['leash-broken', 'stopped'],
  ] as const) {
    test(`(${why}) fails the freeze as ${code}`, () => {
      assert.deepEqual(asFreezeFailure(new GiveUp(why, 'a reason')), new Failure(code, 'a reason'))
    })
  }

  test('is told from every other failure', () => {
    const error = new Error('no')
    assert.equal(asFreezeFailure(error), error)
  })
})

interface Scene {
  readonly g: Guest
  readonly stop: AbortController
  readonly broken: AbortController
}

function aScene(): Scene {
  const g = guest()
  g.stateDir.write('waitforlock', 'a')
  g.stateDir.write('waitforsnapshot', 'a')
  return { g, stop: new AbortController(), broken: new AbortController() }
}

function begin({ g, stop, broken }: Scene) {
  return giveUpWhen({
    handshake: g.stateDir.handshake(g.processes.start('locktables')),
    leash: { broken: broken.signal, handedOver: () => 'no', [Symbol.dispose]: () => {} },
    stop: stop.signal,
    asked: 'a',
  })
}
