/** The root of the tree by which systemd knows services: cgroup v1, hybrid, v2. */
export const cgroupRoots = ['/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified', '/sys/fs/cgroup'] as const

/**
 * A shell script that first leaves the agent's service, as far as it may: systemd waits at a restart for every process of a service, and
 * one that waits for a frozen file system hears no signal. The places are the roots of cgroup v1, hybrid and v2.
 */
export function aside(script: string): string {
  return `for root in ${cgroupRoots.join(' ')}; do echo $$ >$root/cgroup.procs; done 2>/dev/null\n${script}`
}
