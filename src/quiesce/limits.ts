/** The limits of a hold, in milliseconds; the settings of the same names say what each is for. */
export interface Limits {
  readonly freezeWithin: number
  readonly lockWait: number
  readonly quietQuery: number
  readonly flushWithin: number
  readonly holdAtMost: number
}
