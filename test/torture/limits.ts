/** Short, so that much happens in a minute. */
export const settings = {
  'freeze-within': '6s',
  'lock-wait': '1s',
  'quiet-query': '1s',
  'flush-within': '2s',
  'hold-at-most': '2s',
  'thaw-within': '3s',
} as const

/** No writer may wait for longer, whatever happens, in milliseconds: hold-at-most and 2 s. */
export const longestStall = 4000

/** After its last deed everything that runs has ended by itself within this, in milliseconds. */
export const allOverWithin = 30_000
