import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { companions, executables, shippedFor } from '../../src/bundle/artifacts.ts'
import { detected, platforms, platformsNamed, refuseTwice } from '../../src/platforms/all.ts'
import { putEverywhere } from '../../src/platforms/everywhere.ts'
import { invokersMarkdown, limitsMarkdown, wordsMarkdown } from '../../src/platforms/markdown.ts'

const guide = readFileSync(new URL('../../docs/operating.md', import.meta.url), 'utf8')

describe('the platforms', () => {
  test('are known by their names, and by no other', () => {
    assert.deepEqual(
      platformsNamed(['qemu', 'vmware', 'qemu']).map(({ name }) => name),
      ['vmware', 'qemu'],
    )
    assert.throws(() => platformsNamed(['vmware', 'Hyper-V']), {
      code: 'usage',
      message: 'there is no platform "Hyper-V"; there are vmware, vmware-scripts.d, veeam, qemu',
    })
  })

  test('are refused where two of them would lock for one snapshot, whichever is named first', () => {
    for (const name of ['vmware', 'vmware-scripts.d'] as const) {
      assert.ok(platformsNamed([name])[0]?.excludes.length)
    }
    assert.throws(() => refuseTwice(platformsNamed(['vmware-scripts.d', 'vmware'])), { code: 'locks-twice' })
    refuseTwice(platformsNamed(['vmware', 'veeam', 'qemu']))
  })

  test('are detected by the programs of their agents', () => {
    assert.deepEqual(
      detected((path) => path === '/usr/bin/qemu-ga').map(({ name }) => name),
      ['qemu'],
    )
    assert.deepEqual(
      detected(() => false),
      [],
    )
  })

  for (const { name, places, ships } of platforms) {
    test(`put only what is in their bundle: ${name}`, () => {
      const own = [...executables, ...companions, ...shippedFor([{ ...platforms[0]!, ships }])].map(
        (each): string => each.name,
      )
      const puts = [...putEverywhere({ stateDir: '/run/x' }), ...places.flatMap((place) => place.puts)]
      const needed = puts.flatMap((put) => {
        if (put.put === 'link') return [put.to, ...(put.chained ? [put.chained] : [])]
        return put.put === 'file' ? [put.from] : []
      })
      assert.deepEqual(
        needed.filter((each) => !own.includes(each)),
        [],
      )
    })

    test(`have a place that fits anywhere: ${name}`, () => {
      assert.deepEqual(places.at(-1)?.when, [])
    })
  }

  test('are in the guide as the code has them: how they call, and their limits', () => {
    assert.ok(guide.includes(invokersMarkdown()), invokersMarkdown())
    assert.ok(guide.includes(limitsMarkdown()), limitsMarkdown())
    assert.ok(guide.includes(wordsMarkdown()), wordsMarkdown())
  })
})
