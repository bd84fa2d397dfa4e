import assert from 'node:assert/strict'
import { appendFile, chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'node:test'
import type { FailureCode } from '../../src/core/failure.ts'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn } from '../support/guest.ts'
import type { Lab, LogLine } from '../support/lab.ts'
import { shipped, start } from '../support/scripts.ts'
import { until } from '../support/until.ts'

const { scenario } = guestOn('mariadb-10.11')

describe('a freeze that fails before there is anything to lock has its line in the log, and its run:', () => {
  const ways: Record<string, readonly [FailureCode, (lab: Lab) => Promise<readonly string[]>]> = {
    'for an argument': ['usage', async () => ['freeze', '--nonsense']],
    'for a setting': ['bad-setting', async () => ['freeze', '--lock-wait=soon']],
    'for a setting in the option file': [
      'bad-setting',
      async ({ config }) => {
        await appendFile(config, 'lock-wait = soon\n')
        return ['freeze']
      },
    ],
    'for an option file that is not there': [
      'option-file-unreadable',
      async ({ credentials }) => {
        await rm(credentials)
        return ['freeze']
      },
    ],
    'for an option file that others can read': [
      'option-file-exposed',
      async ({ credentials }) => {
        await chmod(credentials, 0o644)
        return ['freeze']
      },
    ],
    'for the state directory': [
      'state-dir-unusable',
      async ({ stateDir }) => {
        await chmod(stateDir, 0o777)
        return ['freeze']
      },
    ],
    'for the record directory': [
      'record-dir-unusable',
      async ({ recordDir }) => {
        await writeFile(recordDir, '')
        return ['freeze']
      },
    ],
  }
  for (const [what, [code, spoil]] of Object.entries(ways))
    scenario(what, async ({ lab }) => {
      const args = await spoil(lab)
      failsWith(code, await lab.freeze(...args), /^not frozen: /)
      await chmod(lab.stateDir, 0o700)
      const lines = await lab.log()
      const failed = lines.filter(({ level, script }) => level === 50 && script === 'pre-freeze-script')
      assert.deepEqual(
        failed.map((line) => line['code']),
        [code],
      )
      const [run, ...others] = runsIn(lines)
      assert.equal(others.length, 0)
      assert.deepEqual([run?.['verdict'], Object(run?.['failure']).code], ['no', code])
    })

  scenario('and is what the doctor and status tell of then, though its cause is mended', async ({ lab }) => {
    await lab.freeze('freeze', '--lock-wait=soon')
    const seen = /consistent no: the lock was never there: --lock-wait: lock-wait /
    const told = await lastRunIn(lab)
    assert.equal(told?.result, 'problem')
    assert.match(told.seen, seen)
    const { stdout } = await command(lab, ['status'])
    assert.match(stdout, seen)
  })
})

describe('a run that expired, and that nobody has thawed,', () => {
  scenario('is what the doctor and status tell of', async ({ lab }) => {
    await lab.settle({ 'hold-at-most': '1s' })
    succeeds(await lab.freeze('freeze'), /^frozen at /)
    await until('no process is left', async () => (await lab.processes()).length === 0)
    const told = await lastRunIn(lab)
    assert.equal(told?.result, 'problem')
    assert.match(told.seen, /consistent no: no thaw came, and the hold expired/)
    const { stdout } = await command(lab, ['status'])
    assert.match(stdout, /consistent no: no thaw came, and the hold expired/)
    await lab.thaw('thaw')
  })
})

describe('a log that cannot be written', () => {
  scenario('is told of where the freeze fails, too', async ({ lab }) => {
    await mkdir(lab.logFile)
    const { stdout } = await lab.freeze('freeze', '--lock-wait=soon')
    assert.match(stdout, /^not frozen: --lock-wait: .* \(the log .* is not writable: .*\(EISDIR\)\); /)
  })

  scenario('because its disk fills in the middle of a line has the next one whole', async ({ lab }) => {
    await appendFile(lab.logFile, '{"level":30,"time":"2026-01-02T03:0', { mode: 0o600 })
    await lab.freeze('freeze')
    await lab.thaw('thaw')
    const [torn, ...lines] = (await readFile(lab.logFile, 'utf8')).trimEnd().split('\n')
    assert.equal(torn, '{"level":30,"time":"2026-01-02T03:0')
    assert.equal(Object(JSON.parse(lines[0]!)).msg, 'pre-freeze-script was called')
    assert.equal((await lastRunIn(lab))?.result, 'ok')
  })
})

function runsIn(lines: readonly LogLine[]): readonly LogLine[] {
  return lines.filter(({ verdict }) => typeof verdict === 'string')
}

async function lastRunIn(lab: Lab): Promise<{ readonly result: string; readonly seen: string } | undefined> {
  const { stdout } = await command(lab, ['doctor', '--json'])
  const { checks }: { readonly checks: readonly Told[] } = JSON.parse(stdout)
  return checks.find(({ name }) => name === 'last run')
}

interface Told {
  readonly name: string
  readonly result: string
  readonly seen: string
}

async function command({ env }: Lab, args: readonly string[]) {
  const program = join(shipped('pre-freeze-script'), '../mysql-quiesce')
  return await start(program, args, { env: { ...env, PATH: process.env['PATH'] ?? '' } }).ended
}
