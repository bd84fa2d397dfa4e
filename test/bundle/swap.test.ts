import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  formerOf,
  planRecovery,
  planSwap,
  type Sight,
  type Step,
  stagePrefix,
} from '../../src/bundle/swap.ts'

const out = '/srv/bundle'
const staged = `/srv/${stagePrefix(out)}-17-abc`

/** Folders by path: what is in them is one word. */
type Folders = Readonly<Record<string, string>>

describe('the swap', () => {
  test('moves the old bundle aside, the new one in, and then removes the old one', () => {
    assert.deepEqual(planSwap(out, staged, { bundle: 'there' }), [
      { do: 'rename', from: out, to: formerOf(out) },
      { do: 'rename', from: staged, to: out },
      { do: 'remove', path: formerOf(out) },
    ])
  })

  test('is one rename where there is no bundle yet', () => {
    assert.deepEqual(planSwap(out, staged, { bundle: 'absent' }), [{ do: 'rename', from: staged, to: out }])
  })

  test('renames within one folder, for a rename between file systems fails', () => {
    const folders = [out, formerOf(out), staged].map((path) => path.slice(0, path.lastIndexOf('/')))
    assert.deepEqual(new Set(folders), new Set(['/srv']))
  })
})

describe('the recovery', () => {
  const before: Folders = { [out]: 'old', [staged]: 'new' }
  const swap = planSwap(out, staged, { bundle: 'there' })

  for (const done of [0, 1, 2, 3]) {
    const killed = after(before, swap.slice(0, done))

    test(`leaves one whole bundle and nothing else after a build that was killed with ${done} steps done`, () => {
      assert.deepEqual(recovered(killed), { [out]: done < 2 ? 'old' : 'new' })
    })

    test(`gets there too when it was itself killed on the way, with ${done} steps of the build done`, () => {
      const plan = planRecovery(out, sightOf(killed))
      for (const [steps] of plan.entries()) {
        assert.deepEqual(recovered(after(killed, plan.slice(0, steps))), recovered(killed))
      }
    })
  }

  test('has nothing to do in a place that is in order', () => {
    assert.deepEqual(planRecovery(out, { bundle: 'there', former: 'absent', leftovers: [] }), [])
    assert.deepEqual(planRecovery(out, { bundle: 'absent', former: 'absent', leftovers: [] }), [])
  })
})

function recovered(folders: Folders): Folders {
  return after(folders, planRecovery(out, sightOf(folders)))
}

function sightOf(folders: Folders): Sight {
  const seen = (path: string) => (path in folders ? 'there' : 'absent')
  return {
    bundle: seen(out),
    former: seen(formerOf(out)),
    leftovers: [staged].filter((path) => path in folders),
  }
}

/** What the steps make of the folders. A rename that would hit something fails, as the real one does. */
function after(folders: Folders, steps: readonly Step[]): Folders {
  return steps.reduce<Folders>((now, step) => {
    const { [step.do === 'rename' ? step.from : step.path]: moved, ...rest } = now
    if (step.do === 'remove') return rest
    assert.ok(moved !== undefined && !(step.to in rest), `${step.from} cannot become ${step.to}`)
    return { ...rest, [step.to]: moved }
  }, folders)
}
