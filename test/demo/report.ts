import type { ServerName } from '../servers/catalog.ts'
import type { DemoCall } from './call.ts'
import type { Check } from './checks.ts'
import type { Take } from './take.ts'

/** What the demo has shown; `--json` prints it. Times are in milliseconds. */
export interface Report {
  readonly server: { readonly name: ServerName; readonly version: string }
  readonly writers: number
  /** What is there of it now that it is over: with --keep the folder, else nothing. */
  readonly left: readonly string[]
  readonly withScripts: Take
  readonly withoutScripts: Take
}

/** Does all hold that has to? The snapshot without the scripts may be what it likes. */
export function succeeded({ withScripts, left }: Report, { folder }: Pick<DemoCall, 'folder'>): boolean {
  return failing(withScripts).length === 0 && left.length === (folder === 'kept' ? 1 : 0)
}

export function failing({ checks }: Pick<Take, 'checks'>): readonly Check[] {
  return checks.filter(({ result }) => result === 'fails')
}
