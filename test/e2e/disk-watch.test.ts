import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { runWatch } from '../bench/watch/run.ts'
import { noMounts } from '../support/scripts.ts'

const skip = noMounts()
const run = { bundle: 'dist-scripts', quiet: 2000, type: 'ext4' }

describe('the watcher sees file systems stand still', () => {
  // How short a freeze may be is measured by `npm run bench -- --watch`: beside other tests the processor may be away for 3 ms.
  test('each time, and nothing while none is frozen', { skip }, async () => {
    const { missed, invented } = await runWatch({ ...run, disks: 1, freezes: 30, frozenFor: 50, busy: 0 })
    assert.deepEqual({ missed, invented }, { missed: [0], invented: 0 })
  })

  test(
    'for longer, each of several that are frozen in turn, while others use the processors',
    { skip },
    async () => {
      const { missed, invented } = await runWatch({ ...run, disks: 3, freezes: 10, frozenFor: 50, busy: 2 })
      assert.deepEqual({ missed, invented }, { missed: [0, 0, 0], invented: 0 })
    },
  )
})
