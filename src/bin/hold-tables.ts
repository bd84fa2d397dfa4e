import { readArguments } from '../adapters/arguments.ts'
import { stateDir } from '../adapters/bundle-facts.ts'
import { clock } from '../adapters/clock.ts'
import { databaseAt } from '../adapters/database.ts'
import { disksWith } from '../adapters/disk/disks.ts'
import { watcherFlag } from '../adapters/disk-watch/watcher.ts'
import { handshakeIn } from '../adapters/handshake.ts'
import { leashOn } from '../adapters/leash.ts'
import { collectLog, keptIn } from '../adapters/kept-lines.ts'
import { linesIn, loggingFailure, logInto } from '../adapters/log.ts'
import { moveLines } from '../adapters/move-lines.ts'
import { say } from '../adapters/main.ts'
import { isAlive, self } from '../adapters/proc.ts'
import { replicaJournalIn } from '../adapters/replica-journal.ts'
import { recorderIn } from '../adapters/recorder.ts'
import { connectionFor, loadSettings } from '../adapters/settings.ts'
import { prepareStateDir } from '../adapters/state-dir.ts'
import { stopSignal } from '../adapters/launcher.ts'
import { formatSeconds } from '../core/duration.ts'
import { asFailure, Failure, failures } from '../core/failure.ts'
import type { Ending } from '../core/hold.ts'
import { runId } from '../core/ticket.ts'
import { firstReason, type Verdict } from '../core/verdict.ts'
import { hold } from '../quiesce/hold.ts'
import { restartReplica } from '../quiesce/restart-replica.ts'

/** How long it waits for the log, in milliseconds. */
const logWithin = 1000

/** What locktables does; resolves to its exit code. */
export async function holdTables(argv: readonly string[]): Promise<number> {
  const { flags, own } = readArguments(argv, ['run', 'restart-replica'])
  const { run, 'restart-replica': left } = own
  const { settings, servers } = loadSettings({ flags })
  prepareStateDir(stateDir)
  const kept = keptIn(stateDir)
  const log = logInto('locktables', linesIn(kept.locker))
  const databases = servers.map((server) => databaseAt(() => connectionFor(server)))
  const journal = replicaJournalIn(stateDir)
  if (left !== undefined) {
    const restarting = () =>
      restartReplica({ databases, journal, clock, log, self: self(), run: left, isAlive })
    const failure = await loggingFailure(log, 'not started', restarting).then(() => null, asFailure)
    // Who started us says this, with the hint, in its own line.
    say(failure?.message ?? 'started what was left stopped')
    return failure?.exitCode ?? 0
  }
  using leash = leashOn(process.stdin, { held: run !== undefined })

  const holding = () =>
    hold({
      databases,
      journal,
      handshake: handshakeIn(stateDir),
      recorder: recorderIn(settings.recordDir),
      disks: disksWith({ recordDir: settings.recordDir, watcher: [__filename, watcherFlag] }),
      leash,
      clock,
      log,
      self: self(),
      run,
      newRun: () => runId(new Date(), Math.random()),
      stop: stopSignal(),
      limits: settings,
    })
  let ending: Ending | null = null
  try {
    const ended = await loggingFailure(log, 'no lock', holding)
    ending = ended.ending
    if (ended.failure) throw new Failure(ended.failure.code, ended.failure.message)
    say(`unlocked after ${formatSeconds(ended.heldFor)}: ${firstReason(ended.verdict)}`)
    return exitCodeOf(ended.verdict)
  } finally {
    // Else the disks may be frozen still, and who thaws, or freezes again, moves them.
    if (run === undefined || ending === 'let-go') {
      collectLog(kept)
      await moveLines({ kept: kept.all, to: settings.logFile, within: logWithin })
    }
  }
}

/** Of a lock that was there, for an operator who started it by hand. */
function exitCodeOf({ consistent }: Verdict): number {
  if (consistent === 'yes') return 0
  return failures[consistent === 'no' ? 'not-consistent' : 'verdict-unknown'].exitCode
}
