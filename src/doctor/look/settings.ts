import { type Flags, loadSettings } from '../../adapters/settings.ts'
import { asFailure, type Failure } from '../../core/failure.ts'
import type { Settings } from '../../core/settings.ts'
import type { SettingsFacts } from '../checks/settings.ts'

export interface SettingsSeen {
  readonly facts: SettingsFacts
  /** Null where they cannot be read. */
  readonly settings: Settings | null
}

/** The settings as a run would have them, and what of them an agent would not. */
export function lookAtSettings(flags: Flags, env: NodeJS.ProcessEnv = process.env): SettingsSeen {
  const loaded = load(flags)
  const variables = ['MYSQL_QUIESCE_CONFIG', 'MYSQL_QUIESCE_STATE_DIR'].flatMap((name) => {
    const value = env[name]
    return value ? [[name, value] as const] : []
  })
  const given = Object.entries(flags).flatMap(([name, value]) => (value === undefined ? [] : [name]))
  const files = 'code' in loaded ? loaded : loaded.files
  return { facts: { files, variables, flags: given }, settings: 'code' in loaded ? null : loaded.settings }
}

function load(flags: Flags): ReturnType<typeof loadSettings> | Failure {
  try {
    return loadSettings({ flags })
  } catch (error) {
    return asFailure(error)
  }
}
