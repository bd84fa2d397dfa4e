import { writeFileSync } from 'node:fs'
import { setPriority } from 'node:os'

/** The root of the tree by which systemd knows services: cgroup v1, hybrid, v2. */
const roots = ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified', '/sys/fs/cgroup']

/**
 * Takes this process out of the agent's service, as far as it may: systemd waits at a restart for every process of the service, and one
 * that probes a frozen disk does not end. And lets it have the processor when it wants it, which is seldom and short.
 */
export function standAside(): void {
  for (const root of roots) attempt(() => writeFileSync(`${root}/cgroup.procs`, String(process.pid)))
  attempt(() => setPriority(-20))
}

function attempt(work: () => void): void {
  try {
    work()
  } catch {
    // it may not, or there is none: then it stays as it is
  }
}
