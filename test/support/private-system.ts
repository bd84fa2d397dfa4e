import { execa } from 'execa'
import { withDir } from 'tmp-promise'

/** How a script ended in a private system, and what it said. */
export interface Ended {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs a script of sh as root of a system that is this machine and yet is not: in a mount namespace of its own, below an overlay whose
 * upper layer is a tmpfs, and without the log of this machine. Nothing of what it writes is ever seen outside, or left behind. Needs
 * root and overlayfs.
 */
export async function inPrivateSystem(script: string): Promise<Ended> {
  return withDir(async ({ path }) => {
    const { exitCode, stdout, stderr } = await execa(
      'unshare',
      ['-m', 'sh', '-euc', enter, 'sh', path, script],
      {
        reject: false,
        stripFinalNewline: false,
      },
    )
    return { exitCode, stdout, stderr }
  })
}

const enter = `
mount --make-rprivate /
mount -t tmpfs none "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay none -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mount -t proc none "$1/root/proc"
mount -t tmpfs none "$1/root/run"
mount --bind /dev "$1/root/dev"
rm -f "$1/root/var/log/mysql-quiesce.log"
exec chroot "$1/root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin sh -uc "$2"
`
