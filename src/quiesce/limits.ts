import type { Settings } from '../core/settings.ts'

/** What bounds a hold, times in milliseconds; the settings of the same names say what each is for. */
export type Limits = Pick<
  Settings,
  | 'freezeWithin'
  | 'lock'
  | 'replica'
  | 'lockWait'
  | 'quietQuery'
  | 'onLongQuery'
  | 'maxConnectionsUsed'
  | 'flushWithin'
  | 'holdAtMost'
>
