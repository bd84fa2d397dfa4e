import { dirname, join } from 'node:path'
import { stateDir } from '../adapters/bundle-facts.ts'
import { argvFor, readArguments } from '../adapters/arguments.ts'
import { clock } from '../adapters/clock.ts'
import { standingStill } from '../adapters/disk/standing-still.ts'
import { handshakeIn } from '../adapters/handshake.ts'
import { lockerProcesses } from '../adapters/locker-process.ts'
import { collectLog, keptIn, type KeptLines } from '../adapters/kept-lines.ts'
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
import type { Frozen } from '../core/hold.ts'
import type { Settings } from '../core/settings.ts'
import { runId } from '../core/ticket.ts'
import { freeze } from '../quiesce/freeze.ts'
import { reportNoHold } from '../quiesce/report.ts'
import { withStandstill } from '../quiesce/standstill.ts'

/** How long the log is waited for before anything else is known of it, and at the end of a freeze that failed, in milliseconds. */
const logWithin = { atFirst: 1000, afterFailure: 500 }

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
    let problem: string | null = null
    const moveFirst = once(() =>
      script.moveTo(logFile, { within: logWithin.atFirst }).then((why) => (problem = why)),
    )
    const frozen = await frozenBy(called, ready, moveFirst).catch(async (error: unknown) => {
      problem = await script.moveTo(logFile, { within: logWithin.afterFailure, isLast: 'yes' })
      throw withProblem(error, problem)
    })
    const waited = formatSeconds(performance.now())
    say(
      `frozen at ${formatFrozen(frozen)}, waited ${waited}${inBrackets(problem ?? script.standstill(logFile))}`,
    )
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
  readonly kept: KeptLines
}

/** Why not is in the log too, wherever that is. */
async function prepared({ argv, run, script, at }: Called): Promise<Ready> {
  try {
    return await loggingFailure(script.log, 'not frozen', async () => prepare(argv, script))
  } catch (error) {
    reportNoHold(script.log, { run, askedAt: at, failure: asFailure(error) })
    const problem = await script.moveTo(logFileAnyway(argv), {
      within: logWithin.afterFailure,
      isLast: 'yes',
    })
    throw withProblem(error, problem)
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
  const kept = keptIn(stateDir)
  script.keepIn(kept.all)
  return { settings, flags, kept }
}

/** `moveFirst`: has the lines moved into the log before there is a locker. */
async function frozenBy(
  { run, script: { log }, at }: Called,
  { settings, flags, kept }: Ready,
  moveFirst: () => void,
): Promise<Frozen> {
  const program = join(dirname(__filename), 'locktables')
  const locktables = { file: program, args: argvFor(flags), output: kept.locker }
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
      collectLog() {
        collectLog(kept)
        moveFirst()
      },
    })
  return await loggingFailure(log, 'not frozen', () =>
    freezing().catch(async (error: unknown) => {
      throw await withStandstill(error, () => standingStill(answersWithin))
    }),
  )
}

function once(work: () => unknown): () => void {
  let isDone = false
  return () => {
    if (!isDone) work()
    isDone = true
  }
}

function withProblem(error: unknown, problem: string | null): unknown {
  if (problem === null) return error
  const { code, message } = asFailure(error)
  return new Failure(code, message + inBrackets(problem), { cause: error })
}

function inBrackets(problem: string | null): string {
  return problem === null ? '' : ` (${problem})`
}
