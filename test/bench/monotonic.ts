/** CLOCK_MONOTONIC in milliseconds: one clock for every process of this machine, which `performance.now()` is not. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}
