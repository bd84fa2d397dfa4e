import type { Settings } from '../../core/settings.ts'
import { valueIn } from '../../install/agent-config.ts'
import { textOf } from '../../install/thing.ts'
import type { Platform } from '../../platforms/platform.ts'
import type { LimitFacts } from '../checks/limits.ts'
import type { Patient } from '../patient.ts'

export function lookAtLimits({ look }: Patient, { limits }: Platform, settings: Settings): LimitFacts {
  return {
    limits,
    settings,
    set: ({ path, ...option }) => valueIn(textOf(look(path)), { syntax: 'ini', ...option }),
  }
}
