import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { linesOf } from '../../src/adapters/log-end.ts'

const line = (second: number) => `{"level":30,"time":"2026-01-02T03:04:0${second}.000Z","n":${second}}`

describe('the end of the log', () => {
  for (const [what, log, kept, seen] of [
    ['is its lines', `${line(1)}\n${line(2)}\n`, '', [1, 2]],
    [
      'has those that are kept, in the order of their times',
      `${line(1)}\n${line(3)}\n`,
      `${line(2)}\n`,
      [1, 2, 3],
    ],
    ['leaves out what was cut off', `${line(1)}\n{"level":30,"ti\n${line(2)}\n`, '', [1, 2]],
    ['has the line that follows a part of one without a line end', `{"level":30,"ti${line(2)}\n`, '', [2]],
    ['leaves out what is no object', `words\n[1]\n${line(1)}`, '', [1]],
  ] as const)
    test(what, async () => {
      await withDir(
        async ({ path }) => {
          writeFileSync(join(path, 'log'), log)
          if (kept !== '') writeFileSync(join(path, 'kept.log.4711'), kept)
          const lines = linesOf({ log: join(path, 'log'), stateDir: path })
          assert.deepEqual(
            lines.map(({ n }) => n),
            seen,
          )
        },
        { unsafeCleanup: true },
      )
    })

  test('is nothing where there is none', () => {
    assert.deepEqual(linesOf({ log: '/nonexistent/log', stateDir: '/nonexistent' }), [])
  })
})
