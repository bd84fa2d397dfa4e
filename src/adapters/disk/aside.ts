/**
 * A shell script that first leaves the agent's service, as far as it may: systemd waits at a restart for every process of a service, and
 * one that waits for a frozen file system hears no signal. The places are the roots of cgroup v1, hybrid and v2.
 */
export function aside(script: string): string {
  return `for root in systemd unified .; do echo $$ >/sys/fs/cgroup/$root/cgroup.procs; done 2>/dev/null\n${script}`
}
