import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'
import { cgroupRoots } from '../disk/aside.ts'

/**
 * Takes this process out of the agent's service, as far as it may: systemd waits at a restart for every process of the service, and one
 * that probes a frozen disk does not end. And lets it have the processor when it wants it, which is seldom and short.
 */
export function standAside(): void {
  for (const root of cgroupRoots) attempt(() => writeFileSync(`${root}/cgroup.procs`, String(process.pid)))
  attempt(() => setPriority(-20))
}

/** util-linux, or busybox. */
const chrt = ['/usr/bin/chrt', '/bin/chrt']

/**
 * Lets these threads have the processor at once: even at the highest niceness one that wakes up waits for the end of the slice of another
 * (3 ms; kernel/sched/features.h RUN_TO_PARITY), which is as long as a short freeze. They sleep nearly all the time. Each by its id: `chrt -a`
 * gives up where a thread ends meanwhile.
 */
export function goFirst(threads: readonly number[]): void {
  for (const thread of threads)
    chrt.some(
      (program) => spawnSync(program, ['-f', '-p', '1', String(thread)], { stdio: 'ignore' }).status === 0,
    )
}

function attempt(work: () => void): void {
  try {
    work()
  } catch {
    // it may not, or there is none: then it stays as it is
  }
}
