import { failsWith } from '../support/expect.ts'
import type { Fault } from './fault.ts'
import { isEnd } from './outcome.ts'
import assert from 'node:assert/strict'

export const byInvoker = {
  freezeFail: {
    inject: async ({ lab }) => lab.start('post-thaw-script', ['freezeFail']),
  },
  'a thaw': {
    async inject({ lab }, _reached, phase) {
      const thaw = lab.start('post-thaw-script', ['thaw'])
      // Before pre-freeze-script goes on, and says that it is frozen.
      if (phase === 'handing over') await thaw.ended
      return thaw
    },
  },
  'two thaws at once': {
    async inject({ lab }) {
      const [first, second] = [lab.start('post-thaw-script'), lab.start('post-thaw-script')]
      const ends = await Promise.all([first.ended, second.ended])
      // One of them let go; the other one never says more than it.
      const consistent = ends.filter((end) => isEnd('consistent', end))
      assert.ok(consistent.length <= 1)
      return ends[0] === (consistent[0] ?? ends[0]) ? first : second
    },
  },
  'a second freeze': {
    async inject({ lab }) {
      const line = /^not frozen: (the tables are \w+ already: |.*made by another freeze)/
      failsWith('busy', await lab.start('pre-freeze-script', ['freeze']).ended, line)
    },
  },
} as const satisfies Record<string, Fault>
