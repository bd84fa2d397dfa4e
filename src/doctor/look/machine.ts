import { handshakeIn } from '../../adapters/handshake.ts'
import { checkStateDir } from '../../adapters/state-dir.ts'
import { writingPlace } from '../../adapters/writing-place.ts'
import { asFailure } from '../../core/failure.ts'
import type { Phase } from '../../core/phase.ts'
import type { Settings } from '../../core/settings.ts'
import { textOf } from '../../install/thing.ts'
import { putEverywhere } from '../../platforms/everywhere.ts'
import type { MachineFacts } from '../checks/machine.ts'
import type { Patient } from '../patient.ts'

/** `settings` null: they cannot be read, so nobody knows where the record and the log go. */
export function lookAtMachine(patient: Patient, settings: Settings | null): MachineFacts {
  const { stateDir } = patient
  const { isThere, refused } = stateDirAt(stateDir)
  return {
    uid: process.geteuid!(),
    stateDir: {
      path: stateDir,
      refused,
      isThere,
      memory: writingPlace(stateDir).memory,
      phase: refused === null ? phaseIn(stateDir) : null,
    },
    tmpfiles: tmpfilesEntry(patient),
    recordDir: settings && writingPlace(settings.recordDir),
    log: settings && writingPlace(settings.logFile),
  }
}

function stateDirAt(path: string): { readonly isThere: boolean; readonly refused: string | null } {
  try {
    return { isThere: checkStateDir(path) === 'there', refused: null }
  } catch (error) {
    return { isThere: true, refused: asFailure(error).message }
  }
}

function phaseIn(path: string): Phase | null {
  try {
    return handshakeIn(path).sight().phase
  } catch {
    return null
  }
}

/** The entry names the directory below /run, as tmpfiles.d(5) wants it, where we say /var/run. */
function tmpfilesEntry({ look, stateDir }: Patient): MachineFacts['tmpfiles'] {
  const [path = ''] = putEverywhere({ stateDir }).flatMap((put) =>
    put.put === 'file' && put.from === 'system/tmpfiles.conf' ? [put.path] : [],
  )
  const thing = look(path)
  if (thing.kind === 'absent') return { path, is: 'missing' }
  const named = stateDir.replace(/^\/var\/run(?=\/)/, '/run').replaceAll('%', '%%')
  const isNamed = textOf(thing)
    .split('\n')
    .some((line) => /^[dD]\s/.test(line) && line.includes(named))
  return { path, is: isNamed ? 'naming it' : 'not naming it' }
}
