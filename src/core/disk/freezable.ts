/**
 * Kinds of file systems that FIFREEZE freezes: their super_operations have freeze_fs or freeze_super, or they are on a block device
 * (fs/ioctl.c ioctl_fsfreeze, fs/super.c). Agents pass over all others without an error.
 */
const freezable: readonly string[] = [
  'bcachefs',
  'btrfs',
  'ext2',
  'ext3',
  'ext4',
  'f2fs',
  'gfs2',
  'jfs',
  'nilfs2',
  'ocfs2',
  'reiserfs',
  'xfs',
]

/** Whether an agent can freeze a file system of this type, as /proc/self/mountinfo calls it: not zfs, nfs, tmpfs, overlay, 9p, fuse. */
export function canBeFrozen(type: string): boolean {
  return freezable.includes(type)
}
