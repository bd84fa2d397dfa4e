import { stateDir } from '../adapters/bundle-facts.ts'
import { handshakeIn } from '../adapters/handshake.ts'
import { loadSettings } from '../adapters/settings.ts'
import { checkStateDir } from '../adapters/state-dir.ts'
import { formatFrozen } from '../core/coordinates.ts'
import type { Frozen } from '../core/hold.ts'
import type { Attendant, Sighting } from '../core/world.ts'
import type { RunLine } from '../doctor/checks/last-run.ts'
import { lookAtLastRun } from '../doctor/look/last-run.ts'
import type { Command } from './command.ts'

/** Which phase the tables are in, and who holds them. It only looks. */
export const statusCommand: Command = {
  name: 'status',
  summary: 'say which phase the tables are in, and who holds them',
  options: [{ flags: '--json', summary: 'print the phase and the hold as JSON' }],
  async run({ options, output }) {
    const sighting = look()
    const lastRun = lookForLastRun()
    if (options.isGiven('json')) output.line(JSON.stringify({ stateDir, ...sighting, lastRun }, null, 2))
    else for (const line of [...describe(sighting), ...describeLastRun(lastRun)]) output.line(line)
    return 0
  },
}

/** Null where the log, or the settings that name it, cannot be read, and where there was none. */
function lookForLastRun(): RunLine | null {
  try {
    return lookAtLastRun(loadSettings().settings.logFile, stateDir).run
  } catch {
    return null
  }
}

function describeLastRun(run: RunLine | null): string[] {
  return run === null ? [] : [`last run: ${run.at}: ${run.message}`]
}

type Told = Omit<Sighting, 'texts'> & { readonly attendant: Attendant | null }

/** No state directory: nobody has frozen since the machine was started. */
function look(): Told {
  if (checkStateDir(stateDir) === 'missing')
    return {
      phase: 'thawed',
      waitforlock: false,
      ticket: null,
      hold: null,
      lockerAlive: false,
      attendant: null,
    }
  const handshake = handshakeIn(stateDir)
  const { texts: _, ...told } = handshake.sight()
  return { ...told, attendant: told.lockerAlive ? null : handshake.attendant() }
}

function describe({ attendant, ...told }: Told): string[] {
  if (attendant === null) return describeFiles(told)
  const { locker, run, since } = attendant
  const who = `locktables pid ${locker.pid}${run === null ? '' : ` of run ${run}`} holds since ${since}`
  return [...describeFiles(told), `${who}, though the files do not say so`]
}

function describeFiles({ phase, hold, ticket }: Omit<Told, 'attendant'>): string[] {
  if (hold === 'unreadable') return [phase, 'hold.json holds no hold']
  if (hold === null)
    return ticket ? [phase, `asked by pid ${ticket.asker.pid} in run ${ticket.run}`] : [phase]
  const { run, locker, frozen, ended, doing } = hold
  return [
    phase,
    `run ${run}, locktables pid ${locker.pid}`,
    frozen ? `frozen at ${formatFrozen(frozen)} since ${frozen.at} by ${locksOf(frozen)}` : doing,
    ...(ended ? [`ended at ${ended.at}: ${ended.ending}, not reported yet`] : []),
  ]
}

/** Each lock once: the servers of a set may have different ones. */
function locksOf({ servers }: Frozen): string {
  return [...new Set(servers.map(({ lock }) => lock))].join(', ')
}
