import { dirname, join } from 'node:path'
import { stateDir } from '../adapters/bundle-facts.ts'
import { argvFor, readArguments } from '../adapters/arguments.ts'
import { ancestorsFrom } from '../adapters/ancestors.ts'
import { clock } from '../adapters/clock.ts'
import { handshakeIn } from '../adapters/handshake.ts'
import { lockerProcesses } from '../adapters/locker-process.ts'
import { collectLog, loggingFailure, openLog } from '../adapters/log.ts'
import { main, say } from '../adapters/main.ts'
import { self } from '../adapters/proc.ts'
import { replicaJournalIn } from '../adapters/replica-journal.ts'
import { restartBy } from '../adapters/replica-restart.ts'
import { loadSettings } from '../adapters/settings.ts'
import { prepareStateDir } from '../adapters/state-dir.ts'
import { launcherPid, stopSignal, tellLauncher, watchLauncher } from '../adapters/launcher.ts'
import { formatFrozen } from '../core/coordinates.ts'
import { formatSeconds } from '../core/duration.ts'
import { Failure } from '../core/failure.ts'
import { type Invoker, invokerOf } from '../core/invoker.ts'
import { nameToTellApart } from '../core/refusal.ts'
import { runId } from '../core/ticket.ts'
import { calledFor } from '../core/words.ts'
import { textAt } from '../adapters/text-file.ts'
import { valueIn } from '../install/agent-config.ts'
import { callers } from '../platforms/callers.ts'
import { knownWords } from '../platforms/words.ts'
import { freeze } from '../quiesce/freeze.ts'

void main({
  name: 'pre-freeze-script',
  purpose: 'lock the tables before a snapshot, or fail and leave nothing locked',
  failed: 'not frozen',
  async work(argv) {
    const { flags, words } = readArguments(argv)
    refuseUnlessToFreeze(words)
    const { settings } = loadSettings({ flags })
    prepareStateDir(stateDir)
    const kept = join(stateDir, 'locktables.log')
    const { log, problem } = openLog('pre-freeze-script', { file: settings.logFile, instead: kept })

    const locktables = { file: join(dirname(__filename), 'locktables'), args: argvFor(flags), output: kept }
    const launcher = watchLauncher()
    const invoker = calledBy(process.env)
    const freezing = freeze({
      handshake: handshakeIn(stateDir),
      lockers: lockerProcesses(locktables),
      journal: replicaJournalIn(stateDir),
      restart: restartBy(locktables),
      clock,
      log,
      run: runId(new Date(), Math.random()),
      asker: self(),
      invoker,
      knownAs: nameToTellApart(invoker, { said: process.env['MYSQL_QUIESCE_INVOKER'], callers }),
      stop: AbortSignal.any([stopSignal(), launcher.gone]),
      lookForLauncher: launcher.look,
      limits: settings,
      collectLog: () => collectLog({ from: kept, to: settings.logFile }),
    })
    const frozen = await loggingFailure(log, 'not frozen', freezing)
    say(
      `frozen at ${formatFrozen(frozen)}, waited ${formatSeconds(performance.now())}${problem ? ` (${problem})` : ''}`,
    )
    // Afterwards: an agent may stop reading when its launcher has left.
    tellLauncher()
    return 0
  },
})

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
