import assert from 'node:assert/strict'
import { appendFile, chmod, chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'node:test'
import type { FailureCode } from '../../src/core/failure.ts'
import { account } from '../support/accounts.ts'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn } from '../support/guest.ts'
import { type Lab, writeOptionFile } from '../support/lab.ts'
import { noMounts } from '../support/scripts.ts'

const { scenario } = guestOn('mariadb-10.11')
const isRoot = process.getuid?.() === 0

interface Bad {
  readonly title: string
  /** Makes it bad, and gives what pre-freeze-script is called with. */
  readonly spoil: (lab: Lab) => Promise<readonly string[] | void>
  readonly code: FailureCode
  /** What is said of it; LAB stands for the lab's folder, LAST for its last line. */
  readonly line: string
  readonly skip?: string | false
  readonly modes?: 'bound'
}

const badFiles: readonly Bad[] = [
  {
    title: 'an option file that is named and missing',
    spoil: async ({ folder }) => [`--config=${folder}/missing.cnf`],
    code: 'option-file-unreadable',
    line: 'LAB/missing.cnf .*ENOENT',
  },
  {
    title: 'a defaults-file that is named and missing',
    spoil: ({ credentials }) => rm(credentials),
    code: 'option-file-unreadable',
    line: 'LAB/my.cnf .*ENOENT',
  },
  {
    title: 'an option file that is a folder',
    spoil: async ({ config }) => {
      await rm(config)
      await mkdir(config)
    },
    code: 'option-file-unreadable',
    line: 'LAB/quiesce.cnf is not a regular file',
  },
  {
    title: 'an option file that may not be read',
    spoil: ({ config }) => chmod(config, 0),
    code: 'option-file-unreadable',
    line: 'LAB/quiesce.cnf .*EACCES',
    modes: 'bound',
  },
  {
    title: 'a file with a password that others can read',
    spoil: ({ credentials }) => chmod(credentials, 0o644),
    code: 'option-file-exposed',
    line: 'LAB/my.cnf has a password, and others can read it .mode 0644,',
  },
  {
    title: 'an option file that everybody can write',
    spoil: ({ config }) => chmod(config, 0o602),
    code: 'option-file-exposed',
    line: 'LAB/quiesce.cnf can be written by everybody .mode 0602,',
  },
  {
    title: 'an option file of somebody else',
    spoil: ({ config }) => chown(config, 12_345, 12_345),
    code: 'option-file-exposed',
    line: 'LAB/quiesce.cnf belongs to neither root nor us .mode 0600, owner 12345:12345',
    skip: !isRoot && 'only root can give a file away',
  },
  {
    title: 'a line that is no option',
    spoil: ({ config }) => appendFile(config, '[broken\n'),
    code: 'bad-setting',
    line: 'LAB/quiesce.cnf:LAST: ',
  },
  {
    title: 'a file that includes itself',
    spoil: ({ config }) => appendFile(config, '!include quiesce.cnf\n'),
    code: 'bad-setting',
    line: 'LAB/quiesce.cnf:LAST: ',
  },
  {
    title: 'an include that is not there',
    spoil: ({ config }) => appendFile(config, '!include missing.cnf\n'),
    code: 'option-file-unreadable',
    line: 'LAB/missing.cnf',
  },
  {
    title: 'a setting that nobody knows',
    spoil: ({ config }) => appendFile(config, 'lock-wiat = 3s\n'),
    code: 'bad-setting',
    line: "LAB/quiesce.cnf:LAST: there is no setting 'lock-wiat'; did you mean lock-wait",
  },
  {
    title: 'a duration that is none',
    spoil: ({ config }) => appendFile(config, 'lock-wait = soon\n'),
    code: 'bad-setting',
    line: "LAB/quiesce.cnf:LAST: lock-wait 'soon' is not a duration",
  },
  {
    title: 'a duration out of its range',
    spoil: ({ config }) => appendFile(config, 'hold-at-most = 2h\n'),
    code: 'bad-setting',
    line: 'LAB/quiesce.cnf:LAST: hold-at-most is 2h, out of the range from 1s to 1h',
  },
  {
    title: 'a lock-wait that is not shorter than freeze-within',
    spoil: ({ config }) => appendFile(config, 'lock-wait = 20s\n'),
    code: 'bad-setting',
    line: 'lock-wait .20s, LAB/quiesce.cnf:LAST. must be shorter than freeze-within',
  },
  {
    title: 'a setting out of its range on the command line',
    spoil: async () => ['--lock-wait=1h'],
    code: 'bad-setting',
    line: '--lock-wait: lock-wait is 1h, out of the range from 1s to 60s',
  },
  {
    title: 'an option that nobody knows',
    spoil: async () => ['--verbose'],
    code: 'usage',
    line: 'there is no option --verbose',
  },
  {
    title: 'a password on the command line',
    spoil: async () => ['--password=geheim'],
    code: 'bad-setting',
    line: '--password: every user of this machine can read a command line',
  },
]

describe('pre-freeze-script refuses, and locks nothing, with', () => {
  for (const { title, spoil, code, line, modes = 'overridden', skip = false } of badFiles) {
    const play = async ({ lab }: { lab: Lab }) => {
      const args = (await spoil(lab)) ?? []
      const result = await lab.start('pre-freeze-script', ['freeze', ...args], { modes }).ended
      failsWith(code, result, new RegExp(`^not frozen: ${await seen(line, lab)}`))
      assert.doesNotMatch(result.stdout, /geheim/)
      assert.deepEqual(await lab.files(), [])
    }
    scenario(title, play, { skip })
  }

  async function seen(line: string, { config, folder }: Lab): Promise<string> {
    const text = line.includes('LAST') ? await readFile(config, 'utf8') : ''
    return line.replaceAll('LAB', folder).replace('LAST', String(text.split('\n').length - 1))
  }
})

scenario(
  'post-thaw-script lets go all the same when the option file has become bad, and says so',
  async ({ lab, writer }) => {
    await lab.freeze('freeze')
    const waiting = await writer.isKeptWaiting()
    await appendFile(lab.config, 'lock-wiat = 3s\n')
    // With default settings its log is the real one.
    const thaw = lab.start('post-thaw-script', ['thaw'], { mounts: 'mount -t tmpfs none /var/log' })
    const line =
      /^thawed .*, the snapshot is consistent \(with default settings: .*there is no setting 'lock-wiat'/
    succeeds(await thaw.ended, line)
    await waiting.written
  },
  { skip: noMounts() },
)

describe('settings come from', () => {
  scenario('--config, rather than from MYSQL_QUIESCE_CONFIG', async ({ lab }) => {
    const other = join(lab.folder, 'other.cnf')
    await writeOptionFile(other, 'mysql-quiesce', { 'freeze-within': 'never' })
    failsWith('bad-setting', await lab.freeze(`--config=${other}`, 'freeze'), /other\.cnf:2: freeze-within/)
  })

  scenario('flags before and after the words, rather than from the option file', async ({ lab }) => {
    succeeds(await lab.freeze('--hold-at-most=7s', 'freeze', '--lock_wait', '2s'), /^frozen at /)
    const [locker] = (await lab.processes()).map(({ args }) => args)
    assert.deepEqual(locker?.slice(-2), ['--hold-at-most=7s', '--lock-wait=2s'])
    await lab.thaw('thaw')
  })

  scenario('the option file alone, credentials included', async ({ lab, server }) => {
    await writeFile(
      lab.config,
      [
        '[client]',
        `socket=${server.socket}`,
        `user = ${account.user} # not root`,
        `password = "${account.password}"`,
        '[mysql-quiesce]',
        `record_dir = ${lab.recordDir}`,
        'loose-no-such-setting = 1',
        `log-file=${lab.logFile}`,
      ].join('\n'),
    )
    succeeds(await lab.freeze('freeze'), /^frozen at /)
    succeeds(await lab.thaw('thaw'), /is consistent$/m)
  })
})
