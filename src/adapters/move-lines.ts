import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, linkSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { append } from './append.ts'
import { asJsonLines } from './kept-lines.ts'
import { waitsForDisk } from './proc.ts'
import { aside } from './disk/aside.ts'
import { errnoOf, messageOfProgram } from './errno.ts'

/** Lines on their way to the log. */
export interface Moving {
  /** Where they are kept in the state directory; null where there is none that can be used. */
  readonly kept: string | null
  /** Lines that could not be kept there. */
  readonly text?: string
  /** The log. */
  readonly to: string
  /** How long to wait for it, in milliseconds. */
  readonly within: number
  /** `yes`: nobody writes there any more, so who waits for the log already may have what is kept now, too. */
  readonly isLast?: 'yes' | 'no'
}

/** `stands still`: the file system of the log did not answer in time. They are moved when it does. */
export type MoveResult =
  | { readonly is: 'moved' }
  | { readonly is: 'refused'; readonly why: string }
  | { readonly is: 'stands still' }

/**
 * Moves lines from the state directory into the log, once: whoever renames them first has them. The log may be on a file system that
 * is frozen, where a write waits in a state that no signal ends; so a process of its own writes, outside of the agent's service, and
 * this one waits for it no longer than it is told. Lines that the log refuses stay where they were.
 */
export async function moveLines({ kept, text = '', to, within, isLast = 'no' }: Moving): Promise<MoveResult> {
  const deadline = performance.now() + within
  // Taken before this call returns, where it can be: a locker that is started next keeps what it says there open.
  if (kept !== null && isMoving(kept) && !(await isNobodyMoving(kept, deadline))) {
    if (isLast === 'yes') handOver(kept)
    return { is: 'stands still' }
  }
  if (kept !== null) takeBack(kept)
  if (text === '' && (kept === null || !existsSync(kept))) return { is: 'moved' }
  return await moved(startMoving({ kept, text, to }), Math.max(0, deadline - performance.now()))
}

async function isNobodyMoving(kept: string, deadline: number): Promise<boolean> {
  while (isMoving(kept)) {
    if (performance.now() >= deadline) return false
    await delay(5)
  }
  return true
}

/** Whether a process moves lines of this file now. */
function isMoving(kept: string): boolean {
  return moversOf(kept).some(isTakenBySomebody)
}

/** Whether a process moves lines of this file now, and waits for a disk. */
export function isStuck(kept: string): boolean {
  return moversOf(kept)
    .filter(isTakenBySomebody)
    .some((taken) => waitsForDisk(pidOf(taken)))
}

/** What somebody has taken, by the pid of who moves it: `locktables.log.4711`. */
function moversOf(kept: string): readonly string[] {
  const taken = `${basename(kept)}.`
  const files = existsSync(dirname(kept)) ? readdirSync(dirname(kept)) : []
  return files.filter((file) => file.startsWith(taken)).map((file) => join(dirname(kept), file))
}

/** The process of that pid may be another one by now. */
function isTakenBySomebody(taken: string): boolean {
  try {
    return readFileSync(`/proc/${pidOf(taken)}/cmdline`, 'utf8')
      .split('\0')
      .includes(withoutPid(taken))
  } catch {
    return false
  }
}

function pidOf(taken: string): string {
  return taken.slice(taken.lastIndexOf('.') + 1)
}

function withoutPid(taken: string): string {
  return taken.slice(0, taken.lastIndexOf('.'))
}

/** Of who was killed before it was in the log. */
function takeBack(kept: string): void {
  for (const taken of moversOf(kept)) giveBack(taken, kept)
}

/** Others may have begun the file anew meanwhile. */
function giveBack(taken: string, kept: string): void {
  try {
    linkSync(taken, kept)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    if (!append(kept, readFileSync(taken, 'utf8'))) return
  }
  rmSync(taken, { force: true })
}

/** To who moves lines now: it looks once more when it is done. */
function handOver(kept: string): void {
  const [taken] = moversOf(kept).filter(isTakenBySomebody)
  if (taken === undefined || !existsSync(kept)) return
  const next = `${taken}.next`
  if (!existsSync(next)) take(kept, next)
  else if (append(next, asJsonLines(readFileSync(kept, 'utf8')))) rmSync(kept, { force: true })
}

/**
 * Told to go, it appends the file that was taken for it, and what else it reads. A line of which the disk took a part is ended first, so
 * that the next one is whole.
 */
const script = `umask 077
read -r go || exit 1
exec >>"$1" || exit 1
[ ! -f "$1" ] || [ -z "$(tail -c 1 -- "$1")" ] || echo
for taken in "$2.$$" "$2.$$.next"; do
  [ ! -f "$taken" ] || { cat -- "$taken" && rm -f -- "$taken"; } || exit 1
done
exec cat`

interface Mover {
  readonly child: ChildProcess
  /** Null where all is in the log. */
  readonly ended: Promise<string | null>
  readonly undo: () => void
}

function startMoving({ kept, text = '', to }: Pick<Moving, 'kept' | 'text' | 'to'>): Mover {
  const child = spawn('/bin/sh', ['-c', aside(script), 'sh', to, kept ?? ''], {
    cwd: '/',
    detached: true,
    env: { LC_ALL: 'C' },
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  const ended = endOf(child)
  const taken = `${kept}.${child.pid}`
  child.stdin?.on('error', () => {})
  if (kept !== null && child.pid !== undefined) take(kept, taken)
  child.stdin?.end(`go\n${text}`)
  child.unref()
  return { child, ended, undo: () => kept !== null && giveBack(taken, kept) }
}

function take(kept: string, taken: string): void {
  try {
    renameSync(kept, taken)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return
    throw error
  }
  makeJson(taken)
}

/** Where there is no room for that the lines go as they are. */
function makeJson(file: string): void {
  const text = readFileSync(file, 'utf8')
  const lines = asJsonLines(text)
  if (lines === text) return
  const draft = `${file}.json`
  try {
    writeFileSync(draft, lines, { mode: 0o600 })
    renameSync(draft, file)
  } catch {
    rmSync(draft, { force: true })
  }
}

/** Why it failed; what it leaves behind it says so by itself. */
function endOf(child: ChildProcess): Promise<string | null> {
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (words: string) => (said += words))
  return new Promise((resolve) => {
    child.once('error', ({ message }) => resolve(message))
    child.once('close', (code, signal) =>
      resolve(code === 0 ? null : messageOfProgram(said) || (signal ?? `exit code ${code}`)),
    )
  })
}

async function moved({ child, ended, undo }: Mover, within: number): Promise<MoveResult> {
  child.ref()
  const done = new AbortController()
  const late = delay(within, 'late' as const, { signal: done.signal }).catch(() => 'late' as const)
  const how = await Promise.race([ended, late])
  done.abort()
  if (how === 'late') {
    child.unref()
    child.stderr?.destroy()
    return { is: 'stands still' }
  }
  if (how === null) return { is: 'moved' }
  undo()
  return { is: 'refused', why: how }
}
