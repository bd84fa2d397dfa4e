import assert from 'node:assert/strict'
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { linesIn, loggingFailure, logInto } from '../../src/adapters/log.ts'
import { Failure } from '../../src/core/failure.ts'

describe('the log', () => {
  test('is JSON lines with script, pid, time, level, facts and message, written when the call returns', async () => {
    await inFolder((file) => {
      const log = logInto('locktables', linesIn(file))
      log.info({ run: 'run-1' }, 'frozen')
      const [line] = linesOf(file)
      const { time, ...rest } = line ?? {}
      assert.deepEqual(rest, {
        level: 30,
        script: 'locktables',
        pid: process.pid,
        run: 'run-1',
        msg: 'frozen',
      })
      assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    })
  })

  test('has of an error its message, its code and its stack', async () => {
    await inFolder((file) => {
      logInto('locktables', linesIn(file)).error({ err: new Failure('busy', 'frozen already') }, 'no')
      const [{ err = {} } = {}] = linesOf(file)
      const { message, code, stack } = Object(err)
      assert.deepEqual([message, code], ['frozen already', 'busy'])
      assert.match(stack, /^Failure: frozen already\n/)
    })
  })

  test('is readable for nobody else, and is added to', async () => {
    await inFolder((file) => {
      logInto('locktables', linesIn(file)).info({}, 'one')
      logInto('post-thaw-script', linesIn(file)).info({}, 'two')
      assert.equal(statSync(file).mode & 0o777, 0o600)
      assert.deepEqual(
        linesOf(file).map(({ msg }) => msg),
        ['one', 'two'],
      )
    })
  })

  test('that cannot be written any more stops nobody', () => {
    const log = logInto('locktables', linesIn('/dev/full'))
    log.info({}, 'one')
    log.info({}, 'two')
  })

  for (const [what, work] of [
    ['work that fails', () => Promise.reject(new Failure('busy', 'frozen already'))],
    [
      'work that throws before it has begun',
      () => {
        throw new Failure('busy', 'frozen already')
      },
    ],
  ] as readonly (readonly [string, () => Promise<void>])[])
    test(`has the failure of ${what}, which fails as it did`, async () => {
      await inFolder(async (file) => {
        const log = logInto('pre-freeze-script', linesIn(file))
        await assert.rejects(loggingFailure(log, 'not frozen', work), { code: 'busy' })
        assert.deepEqual(
          linesOf(file).map(({ level, code, msg }) => [level, code, msg]),
          [[50, 'busy', 'not frozen: frozen already']],
        )
      })
    })
})

function linesOf(file: string): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line))
}

async function inFolder(play: (file: string) => void | Promise<void>): Promise<void> {
  await withDir(async ({ path }) => await play(join(path, 'log')), { unsafeCleanup: true })
}
