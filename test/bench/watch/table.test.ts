import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { WatchMeasured } from './measure.ts'
import { isCheap, isReliable, watchTable } from './table.ts'

const good: WatchMeasured = {
  fileSystems: 2,
  freezes: 1000,
  frozenFor: 3,
  busy: 2,
  quiet: 600_000,
  begunAfter: 120,
  missed: [0, 0],
  invented: 0,
  percentOfProcessor: 1.5,
  megabytes: 70,
}

describe('the table of the watcher', () => {
  test('has a line for each measurement', () => {
    const [title, , head, line] = watchTable([good]).split('\n')
    assert.match(title!, /^freezes of 3 ms/)
    assert.match(head!, /disks +busy +freezes +missed/)
    assert.match(line!, /2 +2 +1000 +0 0 +600 +0 +1\.5 +70\.0 +120 +ok/)
  })

  test('says where a freeze was missed or invented', () => {
    for (const bad of [{ missed: [0, 1] }, { invented: 1 }]) {
      assert.ok(!isReliable({ ...good, ...bad }))
      assert.match(watchTable([{ ...good, ...bad }]), /NOT REACHED/)
    }
  })

  test('says where it takes too much of a processor', () => {
    assert.ok(isCheap({ ...good, percentOfProcessor: null }))
    assert.match(watchTable([{ ...good, percentOfProcessor: 2.1 }]), /ok, but dear/)
  })
})
