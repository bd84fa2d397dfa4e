import { dirname, join } from 'node:path'
import { argvFor, readArguments } from '../adapters/arguments.ts'
import { stateDir } from '../adapters/bundle-facts.ts'
import { clock } from '../adapters/clock.ts'
import { handshakeIn } from '../adapters/handshake.ts'
import { endLocker } from '../adapters/locker-process.ts'
import { linesOf } from '../adapters/log-end.ts'
import { collectLog, keptIn } from '../adapters/kept-lines.ts'
import { loggingFailure } from '../adapters/log.ts'
import { main, say } from '../adapters/main.ts'
import { replicaJournalIn } from '../adapters/replica-journal.ts'
import { restartBy } from '../adapters/replica-restart.ts'
import { scriptLog } from '../adapters/script-log.ts'
import { type Flags, loadSettings } from '../adapters/settings.ts'
import { checkStateDir } from '../adapters/state-dir.ts'
import { asFailure, Failure } from '../core/failure.ts'
import { settle } from '../core/settle.ts'
import type { Settings } from '../core/settings.ts'
import { unfinishedFreeze } from '../core/unfinished.ts'
import { calledFor } from '../core/words.ts'
import { knownWords } from '../platforms/words.ts'
import { thaw, type Thawing } from '../quiesce/thaw.ts'
import { thawLine, type ThawEvent } from '../quiesce/thaw-line.ts'

/** How long it waits for the log, in milliseconds: the disks may be frozen still. Nobody who writes to the database waits with it. */
const logWithin = 2000

void main({
  name: 'post-thaw-script',
  purpose: 'unlock the tables after a snapshot, and say whether it is consistent',
  failed: 'not thawed',
  async work(argv) {
    const letGoByLauncher = byLauncher(process.env)
    const { settings, flags, event, problem: trouble } = called(argv)
    const kept = keptIn(stateDir)
    const script = scriptLog('post-thaw-script')
    const unfinished = () => unfinishedIn({ log: settings.logFile, stateDir })
    script.log.info({ argv }, 'post-thaw-script was called')
    const thawing = async () => {
      const isMissing = checkStateDir(stateDir) === 'missing'
      // Gone after the launcher has let go in it, or after a freeze: there was something to thaw.
      if (isMissing && typeof letGoByLauncher === 'string' && unfinished() === null) return null
      if (!isMissing) script.keepIn(kept.all)
      const program = join(dirname(__filename), 'locktables')
      const locktables = { file: program, args: argvFor(flags), output: kept.locker }
      return await thaw({
        handshake: handshakeIn(stateDir),
        journal: replicaJournalIn(stateDir),
        restart: restartBy(locktables),
        endLocker,
        clock,
        log: script.log,
        letGoByLauncher,
        unfinished,
        limits: settings,
        collectLog: () => collectLog(kept),
      })
    }
    const thawed = await loggingFailure(script.log, 'not thawed', thawing).catch(asFailure)
    if (thawed === null) return done('nothing to thaw')
    const moved = await script.moveTo(settings.logFile, { within: logWithin, isLast: 'yes' })
    const problem = moved ?? trouble
    const remark = problem === undefined ? '' : ` (${problem})`
    if (thawed instanceof Failure) throw new Failure(thawed.code, thawed.message + remark, { cause: thawed })
    const { line, exitCode } = thawLine(thawed, event)
    say(line + remark)
    return exitCode
  },
})

/** What the launcher says of what it has done. */
function byLauncher(env: NodeJS.ProcessEnv): Thawing['letGoByLauncher'] {
  if (env['MYSQL_QUIESCE_LET_GO'] === 'nothing') return 'nothing'
  if (env['MYSQL_QUIESCE_LET_GO'] === 'refused') return { refused: env['MYSQL_QUIESCE_REFUSED'] ?? '' }
  if (env['MYSQL_QUIESCE_LET_GO'] !== 'yes') return 'not done'
  const asked = (env['MYSQL_QUIESCE_ASKED'] ?? '').trimEnd()
  return { asked, came: env['MYSQL_QUIESCE_EARLY'] === 'yes' ? 'too early' : 'in time' }
}

interface Called {
  readonly settings: Settings
  readonly flags: Flags
  readonly event: ThawEvent
  readonly problem?: string
}

/** Whatever is wrong with the settings, the database is let go: then the defaults serve. Throws `usage` where it was called to freeze. */
function called(argv: readonly string[]): Called {
  const event = eventOf(argv)
  try {
    const { flags } = readArguments(argv)
    return { settings: loadSettings({ flags }).settings, flags, event }
  } catch (error) {
    return {
      settings: settle([]),
      flags: {},
      event,
      problem: `with default settings: ${asFailure(error).message}`,
    }
  }
}

/** The launcher has let nothing go for a word that asks for something else than a thaw: it goes by the same table. */
function eventOf(argv: readonly string[]): ThawEvent {
  const { means, words } = calledFor(wordsIn(argv), knownWords)
  switch (means) {
    case 'no word':
    case 'thaw':
    case 'either':
      return 'thaw'
    case 'freeze failed':
      return 'freeze-failed'
    case 'freeze':
    case 'nothing':
      throw new Failure(
        'usage',
        `post-thaw-script was called with ${words}: it lets go after a snapshot, and has done nothing`,
      )
    case 'unknown':
      return { calledWith: words }
  }
}

/** Also where there is something wrong with the flags between them. */
function wordsIn(argv: readonly string[]): readonly string[] {
  try {
    return readArguments(argv).words
  } catch {
    return argv.filter((argument) => !argument.startsWith('-'))
  }
}

/** Our own call, which may be in it by now, is no end. A log that cannot be read tells of no freeze. */
function unfinishedIn(files: { readonly log: string; readonly stateDir: string }): string | null {
  try {
    const lines = linesOf(files)
    const ours = lines.findLastIndex(
      ({ msg, pid }) => msg === 'post-thaw-script was called' && pid === process.pid,
    )
    return unfinishedFreeze(ours < 0 ? lines : lines.toSpliced(ours, 1))
  } catch {
    return null
  }
}

function done(line: string): number {
  say(line)
  return 0
}
