import type { DebianPackages } from '../servers/catalog.ts'

/** A program that is run out of its unpacked packages, on the libraries of its own suite. */
export interface ProgramRecipe extends DebianPackages {
  /** The package that has it, and its version. */
  readonly package: string
  /** Its file in that package. */
  readonly file: string
}

const libc = ['libc6', 'libgcc-s1'] as const

function qemuAgent(suites: ProgramRecipe['suites'], glib: string): ProgramRecipe {
  return {
    suites,
    packages: [glib, 'libudev1', 'liburing2', 'libnuma1', ...libc],
    alone: ['qemu-guest-agent'],
    package: 'qemu-guest-agent',
    file: 'usr/sbin/qemu-ga',
  }
}

const recipes = {
  /** 12.2.0: the vmtoolsd whose behaviour the tests describe. */
  vmtoolsd: {
    suites: ['bookworm', 'bookworm-security'],
    packages: ['libglib2.0-0', 'libtirpc3', ...libc],
    alone: ['open-vm-tools'],
    package: 'open-vm-tools',
    file: 'usr/bin/vmtoolsd',
  },
  /** 7.2: the hook has /dev/null for stdout and stderr. */
  'qemu-ga-bookworm': qemuAgent(['bookworm', 'bookworm-security'], 'libglib2.0-0'),
  /** 10.0: the hook has a pipe, and the agent waits until nobody holds it any more. */
  'qemu-ga-trixie': qemuAgent(['trixie', 'trixie-security'], 'libglib2.0-0t64'),
  /** The newest there is: 11.1 at the time of writing. */
  'qemu-ga-sid': qemuAgent(['sid'], 'libglib2.0-0t64'),
  /** A C compiler of 0.3 MB, for the library that is put before the agents. */
  tcc: {
    suites: ['bookworm', 'bookworm-security'],
    packages: [...libc],
    alone: ['tcc', 'libc6-dev', 'linux-libc-dev'],
    package: 'tcc',
    file: 'usr/bin/tcc',
  },
  /** For the disks of the tests, where the machine has none. */
  'mkfs.xfs': {
    suites: ['bookworm', 'bookworm-security'],
    packages: ['libblkid1', 'libuuid1', 'libinih1', 'liburcu8', ...libc],
    alone: ['xfsprogs'],
    package: 'xfsprogs',
    file: 'sbin/mkfs.xfs',
  },
} as const satisfies Record<string, ProgramRecipe>

export type ProgramName = keyof typeof recipes

/** The agents, and the programs that tests need beside them. */
export const catalog: Readonly<Record<ProgramName, ProgramRecipe>> = recipes

export const programNames = Object.keys(recipes) as readonly ProgramName[]
