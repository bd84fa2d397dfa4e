import type { ScriptPlace } from '../platforms/platform.ts'

/** What lies at a path; links are not followed. */
export type Thing =
  | { readonly kind: 'absent' }
  /** `text`: null where it is no text, a long one, or not ours to read; then `sha256` is empty. */
  | { readonly kind: 'file'; readonly sha256: string; readonly mode: number; readonly text: string | null }
  | {
      readonly kind: 'link'
      readonly target: string
      readonly leadsTo: 'program' | 'file' | 'directory' | 'nothing'
      /** Of the file it leads to. */
      readonly text: string | null
    }
  | { readonly kind: 'directory'; readonly mode: number }
  | { readonly kind: 'special' }

/** Looks at an absolute path of the target system. */
export type Lookup = (path: string) => Thing

/** One file where an agent runs scripts. */
export interface Script {
  readonly path: string
  readonly thing: Thing
  readonly runs: ScriptPlace['runs']
  /** `us`: where install puts us; `us again`: it leads to us from another place; `called by us`: kept by --chain. */
  readonly whose: 'us' | 'us again' | 'called by us' | 'other'
}

/** For a person: `a file, mode 0755`. */
export function describe(thing: Thing): string {
  switch (thing.kind) {
    case 'absent':
      return 'not there'
    case 'file':
      return `a file, mode ${thing.mode.toString(8).padStart(4, '0')}`
    case 'link':
      return `a link to ${thing.target}${thing.leadsTo === 'nothing' ? ', where nothing is' : ''}`
    case 'directory':
      return 'a directory'
    case 'special':
      return 'neither a file nor a link nor a directory'
  }
}

/** Whether two looks saw the same file or link. */
export function isSame(one: Thing, other: Thing): boolean {
  if (one.kind === 'file' && other.kind === 'file') return one.sha256 === other.sha256
  return one.kind === 'link' && other.kind === 'link' && one.target === other.target
}

/** Whether it is a file that can be run, or a link to one. */
export function isProgram(thing: Thing): boolean {
  return thing.kind === 'file'
    ? (thing.mode & 0o111) !== 0
    : thing.kind === 'link' && thing.leadsTo === 'program'
}

/** The text of the file, or of the one that the link leads to. */
export function textOf(thing: Thing): string {
  return thing.kind === 'file' || thing.kind === 'link' ? (thing.text ?? '') : ''
}

/** What package managers and editors leave behind, where the agent passes over it. */
const leftover = /(~|\.bak|\.orig|\.sample|\.rpm[^/]*|\.dpkg-[^/]*)$/

/** Whether the agent runs it, or tries to. */
export function isRun({ path, thing, runs }: Script): boolean {
  if (thing.kind === 'directory' || thing.kind === 'special' || thing.kind === 'absent') return false
  if (thing.kind === 'link' && thing.leadsTo === 'directory') return false
  if (runs === 'programs') return !leftover.test(path) && (isProgram(thing) || leadsNowhere(thing))
  return !leadsNowhere(thing)
}

function leadsNowhere(thing: Thing): boolean {
  return thing.kind === 'link' && thing.leadsTo === 'nothing'
}
