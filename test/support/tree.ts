import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'

/** Everything below a folder, to be compared: what it is, its mode, and its content or target, by path. */
export type Tree = Readonly<Record<string, string>>

export function treeOf(folder: string): Tree {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name)).toSorted()
  return Object.fromEntries(paths.map((path) => [relative(folder, path), seen(path)]))
}

function seen(path: string): string {
  const { mode, uid, gid } = lstatSync(path)
  const rights = `${(mode & 0o7777).toString(8)} ${uid}:${gid}`
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return `link to ${readlinkSync(path)}`
  return stat.isDirectory() ? `directory ${rights}` : `file ${rights} ${readFileSync(path, 'latin1')}`
}

/** `{ link }`, `{ text, mode }`, or `directory`. */
export type Planted =
  | { readonly link: string }
  | { readonly text: string; readonly mode?: number }
  | { readonly directory: number }

/** Puts things below a folder, with the directories above them. */
export function plant(folder: string, things: Readonly<Record<string, Planted | undefined>>): void {
  for (const [path, thing] of Object.entries(things)) {
    if (thing === undefined) continue
    const place = join(folder, path)
    mkdirSync(dirname(place), { recursive: true })
    if ('link' in thing) symlinkSync(thing.link, place)
    else if ('directory' in thing) mkdirSync(place, { recursive: true, mode: thing.directory })
    else writeFileSync(place, thing.text)
    if ('text' in thing) chmodSync(place, thing.mode ?? 0o644)
  }
}
