import { shippedEverywhere } from '../platforms/everywhere.ts'
import type { Platform, Shipped } from '../platforms/platform.ts'

/**
 * How the sh head of an executable starts Node.js: it waits for it, lets go of the database and then waits,
 * or makes way for it (exec).
 */
export type Launcher = 'waits' | 'lets-go-and-waits' | 'makes-way'

/** One program of the bundle: sh head and JavaScript in one file. `why` is half a sentence for people. */
export interface Executable {
  readonly name: string
  /** The TypeScript it is compiled from, relative to the project. */
  readonly entry: string
  readonly launcher: Launcher
  readonly mode: number
  readonly why: string
}

/** One file that lies beside the executables. */
export interface Companion {
  readonly name: string
  readonly mode: number
  /** Whether SHA256SUMS vouches for it: not for itself, nor for what differs from machine to machine. */
  readonly checksum: 'listed' | 'not-listed'
  readonly why: string
}

export const executables = [
  {
    name: 'pre-freeze-script',
    entry: 'src/bin/pre-freeze-script.ts',
    launcher: 'waits',
    mode: 0o755,
    why: 'run before the snapshot: returns 0 only when the database is proven locked',
  },
  {
    name: 'post-thaw-script',
    entry: 'src/bin/post-thaw-script.ts',
    launcher: 'lets-go-and-waits',
    mode: 0o755,
    why: 'run after the snapshot: lets go of the database and says whether the snapshot is consistent',
  },
  {
    name: 'locktables',
    entry: 'src/bin/locktables.ts',
    launcher: 'makes-way',
    mode: 0o755,
    why: 'started by pre-freeze-script: holds the lock until it is told to let go',
  },
  {
    name: 'mysql-quiesce',
    entry: 'src/bin/mysql-quiesce.ts',
    launcher: 'makes-way',
    mode: 0o755,
    why: "the operator's command: `mysql-quiesce --help`",
  },
] as const satisfies readonly Executable[]

export const companions = [
  {
    name: 'package.json',
    mode: 0o644,
    checksum: 'listed',
    why: 'tells Node.js that the executables are CommonJS, whatever lies further up',
  },
  { name: 'README.md', mode: 0o644, checksum: 'listed', why: 'for the one who unpacks this folder' },
  {
    name: 'mysql-quiesce.cnf.example',
    mode: 0o644,
    checksum: 'listed',
    why: 'every setting, with its default: an example of /etc/mysql-quiesce.cnf',
  },
  { name: 'LICENSE', mode: 0o644, checksum: 'listed', why: 'the licence of mysql-quiesce' },
  {
    name: 'THIRD-PARTY-LICENSES.txt',
    mode: 0o644,
    checksum: 'listed',
    why: 'the licences of the packages inside the executables',
  },
  {
    name: 'SHA256SUMS',
    mode: 0o644,
    checksum: 'not-listed',
    why: 'the checksums of the files above: `sha256sum -c SHA256SUMS`',
  },
  {
    name: 'node-path',
    mode: 0o644,
    checksum: 'not-listed',
    why: 'where Node.js is on this machine, one line; the usual places are tried without it',
  },
] as const satisfies readonly Companion[]

/** What `build --with-node` adds. */
export const nodeFiles = [
  {
    name: 'node',
    mode: 0o755,
    checksum: 'listed',
    why: 'Node.js, for a machine that has none; the executables find it beside them',
  },
  { name: 'LICENSE.node', mode: 0o644, checksum: 'listed', why: 'the licence of Node.js' },
] as const satisfies readonly Companion[]

/** What the chosen platforms need, and what every platform needs; each file once. */
export function shippedFor(chosen: readonly Platform[]): Shipped[] {
  const all = [...shippedEverywhere, ...chosen.flatMap(({ ships }) => ships)]
  return all.filter(({ name }, index) => all.findIndex((other) => other.name === name) === index)
}

export type ExecutableName = (typeof executables)[number]['name']
export type CompanionName = (typeof companions)[number]['name']
