import assert from 'node:assert/strict'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { collectLog, logInto, openLog } from '../../src/adapters/log.ts'
import { Failure } from '../../src/core/failure.ts'
import { hardTimesAreMissing, inHardTimes } from '../support/hard-times.ts'

describe('the log', () => {
  test('is JSON lines with script, pid, time, level, facts and message, written when the call returns', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'log')
      const log = logInto('locktables', file)
      log.info({ run: 'run-1' }, 'frozen')
      log.warn({}, 'no lock')
      log.error({}, 'lost')
      const [info, warn, error] = linesOf(file)
      assert.deepEqual(
        { ...info, time: '' },
        { level: 30, time: '', script: 'locktables', pid: process.pid, run: 'run-1', msg: 'frozen' },
      )
      assert.match(String(info?.['time']), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
      assert.deepEqual([warn?.['level'], error?.['level']], [40, 50])
    })
  })

  test('has of an error its message, its code and its stack', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'log')
      logInto('locktables', file).error(
        { err: new Failure('busy', 'the tables are frozen already') },
        'not frozen',
      )
      const err = Object(linesOf(file)[0]?.['err'])
      assert.deepEqual([err.message, err.code], ['the tables are frozen already', 'busy'])
      assert.match(err.stack, /log\.test\.ts/)
    })
  })

  test('is readable for nobody else, and is added to', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'log')
      logInto('locktables', file).info({}, 'one')
      logInto('post-thaw-script', file).info({}, 'two')
      assert.equal(linesOf(file).length, 2)
      assert.equal(statSync(file).mode & 0o777, 0o600)
    })
  })

  test('begins with the call, and its arguments', async () => {
    await inFolder((folder) => {
      const file = join(folder, 'log')
      const { problem } = openLog('pre-freeze-script', { file, instead: join(folder, 'instead') })
      assert.equal(problem, undefined)
      assert.deepEqual(
        linesOf(file).map(({ msg, argv }) => [msg, argv]),
        [['pre-freeze-script was called', process.argv.slice(2)]],
      )
    })
  })

  for (const [what, seen, file] of [
    ['is a directory', 'illegal operation on a directory (EISDIR)', (folder) => folder],
    ['is in no directory', 'no such file or directory (ENOENT)', (folder) => join(folder, 'none', 'log')],
    ['is on a full disk', 'no space left on device (ENOSPC)', () => '/dev/full'],
  ] as readonly (readonly [string, string, (folder: string) => string])[])
    test(`goes elsewhere, and says why, where its file ${what}`, async () => {
      await inFolder((folder) => {
        const instead = join(folder, 'locktables.log')
        const { log, problem } = openLog('locktables', { file: file(folder), instead })
        assert.equal(problem, `the log ${file(folder)} is not writable: ${seen}`)
        log.info({}, 'kept')
        assert.deepEqual(linesOf(instead).at(-1)?.['msg'], 'kept')
      })
    })

  test('that cannot be written any more stops nobody', () => {
    const log = logInto('locktables', '/dev/full')
    log.info({}, 'one')
    log.info({}, 'two')
  })

  test('on a disk that is full says so', { skip: hardTimesAreMissing() }, async () => {
    await inFolder((folder) => {
      assert.equal(
        inHardTimes('a tiny disk', 'open a log on a full disk', folder),
        'the log /log is not writable: no space left on device (ENOSPC)',
      )
    })
  })
})

describe('lines that were kept on tmpfs', () => {
  test('are moved into the log, once, after what it has', async () => {
    await inFolder((folder) => {
      const [from, to] = [join(folder, 'kept'), join(folder, 'log')]
      writeFileSync(to, '{"msg":"one"}\n')
      writeFileSync(from, '{"msg":"two"}\n{"msg":"three"}\n')
      collectLog({ from, to })
      collectLog({ from, to })
      assert.equal(readFileSync(to, 'utf8'), '{"msg":"one"}\n{"msg":"two"}\n{"msg":"three"}\n')
      assert.deepEqual(readdirSync(folder), ['log'])
    })
  })

  test('are moved by the next one, where who had taken them was killed meanwhile', async () => {
    await inFolder((folder) => {
      const [from, to] = [join(folder, 'kept'), join(folder, 'log')]
      writeFileSync(`${from}.99999999`, '{"msg":"one"}\n')
      writeFileSync(`${from}.1`, '{"msg":"of one who is at it"}\n')
      writeFileSync(from, '{"msg":"two"}\n')
      collectLog({ from, to })
      assert.equal(readFileSync(to, 'utf8'), '{"msg":"one"}\n{"msg":"two"}\n')
      assert.deepEqual(readdirSync(folder).toSorted(), ['kept.1', 'log'])
    })
  })

  test('make the log, readable for nobody else', async () => {
    await inFolder((folder) => {
      const [from, to] = [join(folder, 'kept'), join(folder, 'log')]
      writeFileSync(from, '{"msg":"one"}\n')
      collectLog({ from, to })
      assert.equal(statSync(to).mode & 0o777, 0o600)
    })
  })

  test('are JSON lines then, whatever Node itself said when it died', async () => {
    await inFolder((folder) => {
      const [from, to] = [join(folder, 'kept'), join(folder, 'log')]
      writeFileSync(from, '{"msg":"one"}\nFATAL ERROR: heap out of memory\n\n')
      collectLog({ from, to })
      const [one, fatal, ...more] = linesOf(to)
      assert.deepEqual([one, more], [{ msg: 'one' }, []])
      assert.deepEqual(
        { ...fatal, time: '' },
        { level: 50, time: '', script: 'locktables', msg: 'FATAL ERROR: heap out of memory' },
      )
    })
  })

  test('stay where they are while the log cannot be written, and are moved when it can', async () => {
    await inFolder((folder) => {
      const [from, to] = [join(folder, 'kept'), join(folder, 'log')]
      mkdirSync(to)
      writeFileSync(from, '{"msg":"one"}\n')
      collectLog({ from, to })
      assert.deepEqual(readdirSync(folder).toSorted(), ['kept', 'log'])
      rmdirSync(to)
      collectLog({ from, to })
      assert.equal(readFileSync(to, 'utf8'), '{"msg":"one"}\n')
      assert.equal(existsSync(from), false)
    })
  })

  test('are not lost where others are kept while the log cannot be written', async () => {
    await inFolder((folder) => {
      const [from, to] = [join(folder, 'kept'), join(folder, 'log')]
      const log = logInto('locktables', from)
      log.info({}, 'one')
      mkdirSync(to)
      collectLog({ from, to })
      log.info({}, 'two')
      rmdirSync(to)
      collectLog({ from, to })
      assert.deepEqual(
        linesOf(to).map(({ msg }) => msg),
        ['one', 'two'],
      )
    })
  })

  test(
    'stay, and are moved once, on a disk that is full and then is not',
    { skip: hardTimesAreMissing() },
    async () => {
      await inFolder((folder) => {
        const [kept, moved, files] = Object(
          inHardTimes('a tiny disk', 'collect a log on a full disk', folder),
        )
        assert.deepEqual([kept, moved, files], [2011, 2011, ['log']])
      })
    },
  )

  test('where there are none, leave the log alone', async () => {
    await inFolder((folder) => {
      const to = join(folder, 'log')
      collectLog({ from: join(folder, 'kept'), to })
      assert.equal(existsSync(to), false)
    })
  })

  test('that cannot even be looked at are an error', async () => {
    await inFolder((folder) => {
      appendFileSync(join(folder, 'file'), '')
      assert.throws(() => collectLog({ from: join(folder, 'file', 'kept'), to: join(folder, 'log') }), {
        code: 'ENOTDIR',
      })
    })
  })
})

function linesOf(file: string): Record<string, unknown>[] {
  return readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line))
}

async function inFolder(play: (folder: string) => void): Promise<void> {
  await withDir(async ({ path }) => play(path), { unsafeCleanup: true })
}
