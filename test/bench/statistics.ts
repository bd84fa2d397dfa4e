/** What is reported of a figure that was measured several times. */
export interface Summary {
  readonly median: number
  /** The largest: of every figure here, less is better. */
  readonly worst: number
  /** How many times it was measured. */
  readonly of: number
  /** In the order in which they were measured. */
  readonly values: readonly number[]
}

/** Undefined where nothing was measured. */
export function summary(values: readonly number[]): Summary | undefined {
  if (values.length === 0) return undefined
  return { median: median(values), worst: Math.max(...values), of: values.length, values }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = (sorted.length - 1) / 2
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2
}
