import { dirname, join } from 'node:path'
import { stateDir } from '../adapters/bundle-facts.ts'
import { argvFor, readArguments } from '../adapters/arguments.ts'
import { ancestorsFrom } from '../adapters/ancestors.ts'
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
import { launcherPid, stopSignal, tellLauncher, watchLauncher } from '../adapters/launcher.ts'
import { formatFrozen } from '../core/coordinates.ts'
import { formatSeconds } from '../core/duration.ts'
import { asFailure, Failure } from '../core/failure.ts'
import type { Frozen } from '../core/hold.ts'
import type { Settings } from '../core/settings.ts'
import { type Invoker, invokerOf } from '../core/invoker.ts'
import { nameToTellApart } from '../core/refusal.ts'
import { runId } from '../core/ticket.ts'
import { calledFor } from '../core/words.ts'
import { textAt } from '../adapters/text-file.ts'
import { valueIn } from '../install/agent-config.ts'
import { callers } from '../platforms/callers.ts'
import { knownWords } from '../platforms/words.ts'
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
  refuseUnlessToFreeze(words)
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
  const invoker = calledBy(process.env)
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
      invoker,
      knownAs: nameToTellApart(invoker, { said: process.env['MYSQL_QUIESCE_INVOKER'], callers }),
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

/** Dropped alone into a folder of scripts, it would otherwise lock again at the thaw, or at whatever else that folder is called for. */
function refuseUnlessToFreeze(given: readonly string[]): void {
  const { means, words } = calledFor(given, knownWords)
  switch (means) {
    case 'no word':
    case 'freeze':
    case 'either':
      return
    case 'thaw':
    case 'freeze failed':
      throw new Failure(
        'usage',
        `pre-freeze-script was called to ${given.find(Boolean)}: that is what post-thaw-script is for`,
      )
    case 'nothing':
    case 'unknown':
      throw new Failure('usage', `pre-freeze-script was called with ${words}, which is no word for a freeze`)
  }
}

function calledBy(env: NodeJS.ProcessEnv): Invoker {
  const said = env['MYSQL_QUIESCE_INVOKER']
  const option = (path: string, group: string, key: string) =>
    valueIn(textAt(path), { syntax: 'ini', group, key })
  return invokerOf({ said, ancestors: ancestorsFrom(launcherPid()), callers, option })
}
