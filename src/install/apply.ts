import {
  chmodSync,
  closeSync,
  copyFileSync,
  fsyncSync,
  lchownSync,
  linkSync,
  lstatSync,
  openSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { errnoOf, systemMessage } from '../adapters/errno.ts'
import { makeDirectories } from '../adapters/make-directories.ts'
import { Failure } from '../core/failure.ts'
import type { Inside } from './inside.ts'
import { draftOf } from './plan-uninstall.ts'
import { type Step, stepLine } from './step.ts'

export interface ApplyOptions {
  /** The folder of the bundle, from which files are copied. */
  readonly source: string
  readonly at: Inside
  /** Sees each step before it is done. */
  readonly before?: ((step: Step) => void) | undefined
}

/**
 * Does the steps, in order. Whatever becomes a name that others look for is whole before it has that name. What is made
 * belongs to root, where we are root. Throws `target-unwritable`; what was done until then is in the manifest.
 */
export function apply(steps: readonly Step[], { source, at, before = () => {} }: ApplyOptions): void {
  for (const step of steps) {
    before(step)
    try {
      done(step, source, at)
    } catch (error) {
      const message = `stopped at: ${stepLine(step)}: ${systemMessage(error)}${notAlone(error)}`
      throw new Failure('target-unwritable', message, { cause: error })
    }
  }
}

/** What a step needs was made by one before it. */
function notAlone(error: unknown): string {
  return errnoOf(error) === 'ENOENT' ? '; if another install or uninstall is running, wait for its end' : ''
}

/** Nobody else reads it before it has its own mode. */
const secret = { mode: 0o600 } as const

function done(step: Step, source: string, at: Inside): void {
  const path = at(step.path)
  switch (step.do) {
    case 'make-directory':
      return makeDirectory(path, step.mode)
    case 'write':
      return becoming(step.path, at, (draft) => writeFileSync(draft, step.text, secret), step.mode)
    case 'copy':
      return becoming(step.path, at, (draft) => copyFileSync(join(source, step.from), draft), step.mode)
    case 'link':
      return placeLink(step.path, step.target, at)
    case 'keep':
      return keep(path, at(step.at))
    case 'restore':
      return renameSync(at(step.from), path)
    case 'remove':
      return rmSync(path, { force: true })
    case 'remove-directory':
      return removeIfEmpty(path)
    case 'note':
      return note(step.path, step.text, at)
    case 'forget':
      rmSync(path, { force: true })
      return step.directories.forEach((directory) => removeIfEmpty(at(directory)))
  }
}

function makeDirectory(path: string, mode: number): void {
  if (makeDirectories(path, mode) === undefined) return
  chmodSync(path, mode)
  ownedByRoot(path)
}

/** A file is made under another name and on disk before it takes its own. */
function becoming(path: string, at: Inside, make: (draft: string) => void, mode: number): void {
  const draft = at(draftOf(path))
  rmSync(draft, { force: true })
  make(draft)
  chmodSync(draft, mode)
  ownedByRoot(draft)
  toDisk(draft)
  renameSync(draft, at(path))
}

/** A new link needs no other name; one that takes the place of another does, so that there is always one. */
function placeLink(path: string, target: string, at: Inside): void {
  const isNew = lstatSync(at(path), { throwIfNoEntry: false }) === undefined
  const place = at(isNew ? path : draftOf(path))
  if (!isNew) rmSync(place, { force: true })
  symlinkSync(target, place)
  ownedByRoot(place)
  if (!isNew) renameSync(place, at(path))
}

/** The same file under two names, so that its own is never without it. */
function keep(path: string, at: string): void {
  try {
    linkSync(path, at)
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error
  }
}

function note(path: string, text: string, at: Inside): void {
  const folder = dirname(at(path))
  const made = makeDirectories(folder, 0o755)
  const isNew = (each: string): boolean => made !== undefined && each.length >= made.length
  for (let each = folder; isNew(each); each = dirname(each)) {
    chmodSync(each, 0o755)
    ownedByRoot(each)
  }
  becoming(path, at, (draft) => writeFileSync(draft, text, secret), 0o600)
}

function removeIfEmpty(path: string): void {
  try {
    rmdirSync(path)
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT', 'ENOTDIR'].includes(errnoOf(error) ?? '')) throw error
  }
}

function ownedByRoot(path: string): void {
  if (process.geteuid!() === 0) lchownSync(path, 0, 0)
}

function toDisk(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
