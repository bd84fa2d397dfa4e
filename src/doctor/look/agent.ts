import { statSync } from 'node:fs'
import { runningNamed } from '../../adapters/running.ts'
import { valueIn } from '../../install/agent-config.ts'
import { leadsToCurrent } from '../../install/ours.ts'
import { isProgram, textOf } from '../../install/thing.ts'
import type { Requirement } from '../../platforms/platform.ts'
import type { HookFile, LeadsTo, RequirementFact } from '../checks/agent.ts'
import type { Patient } from '../patient.ts'

export function lookAtRequirement({ look: at }: Requirement, patient: Patient): RequirementFact {
  const { look, is } = patient
  const running = (names: readonly string[]) => (is === 'this machine' ? runningNamed(names) : null)
  switch (at.at) {
    case 'programs':
      return { at: 'programs', found: at.anyOf.filter((path) => isProgram(look(path))) }
    case 'process':
      return { at: 'process', running: running(at.anyOf) }
    case 'ini':
      return {
        at: 'ini',
        value: valueIn(textOf(look(at.path)), { syntax: 'ini', group: at.group, key: at.key }),
      }
    case 'hook': {
      const files = at.files.map((file) => hookFile(file, patient))
      return { at: 'hook', running: running([at.process]), files, leadsTo: leadsToFor(patient) }
    }
    case 'host':
      return { at: 'host' }
  }
}

/** In an ini file of qemu-ga everything is in `[general]`. */
function hookFile(
  { path, syntax, key }: Pick<HookFile, 'path'> & { readonly syntax: 'ini' | 'sh'; readonly key: string },
  { look, at }: Patient,
): HookFile {
  const value = valueIn(textOf(look(path)), { syntax, group: syntax === 'ini' ? 'general' : '', key })
  return { path, value, changedAt: statSync(at(path), { throwIfNoEntry: false })?.mtimeMs ?? null }
}

function leadsToFor({ look, prefix }: Patient): LeadsTo {
  return (hook) => {
    const thing = look(hook)
    if (!isProgram(thing)) return 'nothing'
    if (leadsToCurrent(thing, prefix)) return 'us'
    return textOf(thing).includes('fsfreeze-hook.d') ? 'dispatcher' : 'other'
  }
}
