import type { Connection } from '../core/connection.ts'
import type { Settings } from '../core/settings.ts'

/** What was settled, and the option files it was settled from, each with its includes, in the order they were read. */
export interface Loaded {
  readonly settings: Settings
  readonly files: readonly string[]
}

/** The command line by setting name (`config` too), as `parseArgs({ options: parseArgsOptions() })` gives it. */
export type Flags = Readonly<Record<string, string | readonly string[] | undefined>>

export declare function loadSettings(options: { readonly flags: Flags; readonly env: NodeJS.ProcessEnv }): Loaded

export declare function connectionFor(settings: Settings): Connection
