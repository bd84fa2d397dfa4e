import { join } from 'node:path'
import manifest from '../../package.json' with { type: 'json' }

declare const BUILT_VERSION: string
declare const BUILT_STATE_DIR: string

/**
 * What an executable knows of the bundle it belongs to. `mysql-quiesce build` compiles both facts in;
 * run from the source tree they come from package.json and the default.
 */
export const version: string = typeof BUILT_VERSION === 'string' ? BUILT_VERSION : manifest.version

/** The state directory of a bundle that was built without `--set state-dir`. */
export const defaultStateDir = '/var/run/veeam'

/** The state directory of this bundle. */
export const builtStateDir: string = typeof BUILT_STATE_DIR === 'string' ? BUILT_STATE_DIR : defaultStateDir

/** Where the parties of a run meet: the bundle's own, unless the environment names another one (an empty name counts as none). */
export const stateDir: string = process.env['MYSQL_QUIESCE_STATE_DIR'] || builtStateDir

/** The folder of the bundle: that of the executable, or of the source tree's own bundle. */
export const bundleFolder: string =
  typeof BUILT_VERSION === 'string' ? import.meta.dirname : join(import.meta.dirname, '../../dist-scripts')
