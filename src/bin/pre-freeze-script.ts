import { dirname, join } from 'node:path'
import { stateDir } from '../adapters/bundle-facts.ts'
import { argvFor, readArguments } from '../adapters/arguments.ts'
import { clock } from '../adapters/clock.ts'
import { standingStill } from '../adapters/disk/standing-still.ts'
import { handshakeIn } from '../adapters/handshake.ts'
import { lockerProcesses } from '../adapters/locker-process.ts'
import { loggingFailure } from '../adapters/log.ts'
import { logFileAnyway } from '../adapters/log-place.ts'
import { main, say } from '../adapters/main.ts'
import { self } from '../adapters/proc.ts'
import { replicaJournalIn } from '../adapters/replica-journal.ts'
import { restartBy } from '../adapters/replica-restart.ts'
import { type ScriptLog, scriptLog } from '../adapters/script-log.ts'
import { type Flags, loadSettings } from '../adapters/settings.ts'
import { prepareStateDir } from '../adapters/state-dir.ts'
import { stopSignal, tellLauncher, watchLauncher } from '../adapters/launcher.ts'
import { formatFrozen } from '../core/coordinates.ts'
import { formatSeconds } from '../core/duration.ts'
import { asFailure, Failure } from '../core/failure.ts'
import type { Settings } from '../core/settings.ts'
import { runId } from '../core/ticket.ts'
import { freeze } from '../quiesce/freeze.ts'
import { reportNoHold } from '../quiesce/report.ts'
import { withStandstill } from '../quiesce/standstill.ts'

/** How long the log is waited for before anything else is known of it, and at the end of a freeze that failed, in milliseconds. */
const logWithin = { atFirst: 250, afterFailure: 500 }

/** How long a file system may take to answer before it is said to stand still, in milliseconds. */
const answersWithin = 700

void main({
  name: 'pre-freeze-script',
  purpose: 'lock the tables before a snapshot, or fail and leave nothing locked',
  failed: 'not frozen',
  async work(argv) {
    const script = scriptLog('pre-freeze-script')
    const run = runId(new Date(), Math.random())
    const called: Called = { argv, run, script, at: new Date() }
    script.log.info({ run, argv }, 'pre-freeze-script was called')
    const ready = await prepared(called)
    const { logFile } = ready.settings
    let problem: () => string | null = () => null
    void script.moveTo(logFile, { within: logWithin.atFirst }).then((tell) => (problem = tell))
    const frozen = await frozenBy(called, ready).catch(async (error: unknown) => {
      const tell = await script.moveTo(logFile, { within: logWithin.afterFailure, isLast: 'yes' })
      throw withProblem(error, tell())
    })
    const waited = formatSeconds(performance.now())
    say(`frozen at ${formatFrozen(frozen)}, waited ${waited}${inBrackets(problem())}`)
    // Afterwards: an agent may stop reading when its launcher has left.
    tellLauncher()
    return 0
  },
})

interface Called {
  readonly argv: readonly string[]
  readonly run: string
  readonly script: ScriptLog
  readonly at: Date
}

interface Ready {
  readonly settings: Settings
  readonly flags: Flags
  /** What is kept in the state directory until it is in the log. */
  readonly kept: string
}

/** Why not is in the log too, wherever that is. */
async function prepared({ argv, run, script, at }: Called): Promise<Ready> {
  try {
    return await loggingFailure(script.log, 'not frozen', async () => prepare(argv, script))
  } catch (error) {
    reportNoHold(script.log, { run, askedAt: at, failure: asFailure(error) })
    const problem = await script.moveTo(logFileAnyway(argv), { within: logWithin.afterFailure, isLast: 'yes' })
    throw withProblem(error, problem())
  }
}

function prepare(argv: readonly string[], script: ScriptLog): Ready {
  const { flags, words } = readArguments(argv)
  if (/^(thaw|freezefail)$/i.test(words[0] ?? ''))
    throw new Failure(
      'usage',
      `pre-freeze-script was called to ${words[0]}: that is what post-thaw-script is for`,
    )
  const { settings } = loadSettings({ flags })
  prepareStateDir(stateDir)
  const kept = join(stateDir, 'locktables.log')
  script.keepIn(kept)
  return { settings, flags, kept }
}

async function frozenBy({ run, script: { log }, at }: Called, { settings, flags, kept }: Ready) {
  const locktables = { file: join(dirname(__filename), 'locktables'), args: argvFor(flags), output: kept }
  const launcher = watchLauncher()
  const freezing = () =>
    freeze({
      handshake: handshakeIn(stateDir),
      lockers: lockerProcesses(locktables),
      journal: replicaJournalIn(stateDir),
      restart: restartBy(locktables),
      clock,
      log,
      run,
      calledAt: at,
      asker: self(),
      stop: AbortSignal.any([stopSignal(), launcher.gone]),
      lookForLauncher: launcher.look,
      limits: settings,
    })
  return await loggingFailure(log, 'not frozen', () =>
    freezing().catch(async (error: unknown) => {
      throw await withStandstill(error, () => standingStill(answersWithin))
    }),
  )
}

function withProblem(error: unknown, problem: string | null): unknown {
  if (problem === null) return error
  const { code, message } = asFailure(error)
  return new Failure(code, message + inBrackets(problem), { cause: error })
}

function inBrackets(problem: string | null): string {
  return problem === null ? '' : ` (${problem})`
}
