import { type Flags, loadSettings } from '../../adapters/settings.ts'
import { asFailure, type Failure } from '../../core/failure.ts'
import type { Settings } from '../../core/settings.ts'
import type { SettingsFacts } from '../checks/settings.ts'

export interface SettingsSeen {
  readonly facts: SettingsFacts
  /** Of the run; null where they cannot be read. */
  readonly settings: Settings | null
  /** With the connection to each server of the set. */
  readonly servers: readonly Settings[]
}

/** The settings as a run would have them, and what of them an agent would not. */
export function lookAtSettings(flags: Flags, env: NodeJS.ProcessEnv = process.env): SettingsSeen {
  const loaded = load(flags)
  const variables = ['MYSQL_QUIESCE_CONFIG', 'MYSQL_QUIESCE_STATE_DIR'].flatMap((name) => {
    const value = env[name]
    return value ? [[name, value] as const] : []
  })
  const given = Object.entries(flags).flatMap(([name, values = []]) => (values.length === 0 ? [] : [name]))
  if ('code' in loaded)
    return { facts: { files: loaded, variables, flags: given }, settings: null, servers: [] }
  const { files, settings, servers } = loaded
  return { facts: { files, variables, flags: given }, settings, servers }
}

function load(flags: Flags): ReturnType<typeof loadSettings> | Failure {
  try {
    return loadSettings({ flags })
  } catch (error) {
    return asFailure(error)
  }
}
