/** One line of /proc/PID/mountinfo. */
export interface Mount {
  readonly point: string
  /** `ext4`, `xfs`, `tmpfs`. */
  readonly type: string
}

/** From the text of /proc/PID/mountinfo (proc_pid_mountinfo(5)): the mount point is its fifth field, the type follows ` - `. */
export function mountsFrom(text: string): readonly Mount[] {
  return text.split('\n').flatMap((line) => {
    const [before = '', after = ''] = line.split(' - ')
    const point = before.split(' ')[4]
    const type = after.split(' ')[0]
    return point && type ? [{ point: unescaped(point), type }] : []
  })
}

/** The mount that a path without links is on; a later line covers an earlier one. */
export function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  let found: Mount | undefined
  for (const mount of mounts)
    if (isBelow(path, mount.point) && mount.point.length >= (found?.point.length ?? 0)) found = mount
  return found
}

function isBelow(path: string, point: string): boolean {
  return point === '/' || path === point || path.startsWith(`${point}/`)
}

/** Space, tab, line end and backslash are written as `\040`. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCodePoint(parseInt(octal, 8)))
}

/** File systems of which a snapshot of this machine's disks has nothing: in memory, or on another machine. */
const elsewhere = /^(nfs\d?|cifs|smb3|9p|virtiofs|ceph|afs|lustre|fuse\..*)$/
const inMemory = /^(tmpfs|ramfs)$/

/** Why a snapshot of this machine's disks has nothing of a file system of this type; null where it has. */
export function notOnOurDisks(type: string): 'in memory' | 'on another machine' | null {
  if (inMemory.test(type)) return 'in memory'
  return elsewhere.test(type) ? 'on another machine' : null
}

/** The mount points of the file systems in /proc/PID/mountinfo that lie on disks and can be frozen, each file system once. */
export function freezable(text: string): readonly string[] {
  const points = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [, , device = ''] = line.split(' ')
    const [mount] = mountsFrom(line)
    if (mount === undefined || !isOnDisk(device, mount.type) || points.has(device)) continue
    points.set(device, mount.point)
  }
  return [...points.values()]
}

/** A device of major number 0 is none; btrfs, which has disks, is given such a number too. */
function isOnDisk(device: string, type: string): boolean {
  if (/^(squashfs|iso9660|erofs)$/.test(type) || notOnOurDisks(type) !== null) return false
  return type === 'btrfs' || !device.startsWith('0:')
}

/** For a message: `the file system /data stands still: fsfreeze -u /data`. */
export function saysStandsStill(points: readonly string[]): string {
  const subject = points.length === 1 ? 'the file system' : 'the file systems'
  const verb = points.length === 1 ? 'stands' : 'stand'
  return `${subject} ${points.join(', ')} ${verb} still: ${points.map((point) => `fsfreeze -u ${point}`).join('; ')}`
}
