import type { Step } from '../../src/core/step.ts'
import type { Check } from './checks.ts'
import type { Paint } from './paint.ts'
import { failing, type Report } from './report.ts'
import type { Stalls } from './stalls.ts'
import type { Happening, Take } from './take.ts'
import { wrapped } from './wrapped.ts'

/** How many characters a line has. */
const width = 100

export function introText(paint: Paint): string {
  const intro = `Two snapshots of a database that is being written to: one between pre-freeze-script and post-thaw-script,
    one without them. A second server is started on each copy and asked what it finds.`
  return `${paint.heading('mysql-quiesce demo')}\n\n${wrapped(intro, { width, indent: 0 })}`
}

export function headingText(text: string, paint: Paint): string {
  return `\n${paint.heading(text)}`
}

export function factText(name: string, text: string, paint: Paint): string {
  return `  ${paint.quiet(name.padEnd(10))}${wrapped(text, { width, indent: 12 })}`
}

/** All there is to say of one snapshot. */
export function takeText({ timeline, stalls, checks }: Take, paint: Paint): string {
  return [
    timelineText(timeline, paint),
    stallText(stalls, paint),
    checks.map((check) => checkText(check, paint)).join('\n'),
  ].join('\n\n')
}

function timelineText(timeline: readonly Happening[], paint: Paint): string {
  const head = paint.quiet(`${'at'.padStart(9)}${'took'.padStart(10)}`)
  return [head, ...timeline.map((happening) => happeningText(happening, paint))].join('\n')
}

function happeningText({ what, at, took, said, steps }: Happening, paint: Paint): string {
  const indent = 40
  const line = `${seconds(at).padStart(9)}${seconds(took).padStart(10)}  ${what.padEnd(19)}${wrapped(said, { width, indent })}`
  if (steps.length === 0) return line
  const inside = wrapped(listed(steps.map(stepText)), { width, indent })
  return `${line}\n${' '.repeat(indent)}${paint.quiet(inside)}`
}

/** With a comma at each but the last. */
function listed(items: readonly string[]): readonly string[] {
  return items.map((item, at) => (at < items.length - 1 ? `${item},` : item))
}

function stepText({ name, ms }: Step): string {
  return `${name} ${ms.toFixed(1)} ms`
}

function stallText({ writers, longest, snapshot, added }: Stalls, paint: Paint): string {
  const stalled = `The writers stood still for ${seconds(longest)} at most`
  const parts = `${seconds(snapshot)} while the snapshot was taken, added stall ${seconds(added)}`
  const numbers = writers.map((_, at) => String(at + 1))
  return [
    `  ${stalled}: ${parts}`,
    paint.quiet(stallRow('writer', numbers)),
    stallRow('longest gap, ms', fixed(writers.map((writer) => writer.longest))),
    stallRow('usual gap, ms', fixed(writers.map(({ usual }) => usual))),
  ].join('\n')
}

function fixed(values: readonly number[]): readonly string[] {
  return values.map((value) => value.toFixed(1))
}

function stallRow(name: string, cells: readonly string[]): string {
  return `  ${name.padEnd(22)}${cells.map((cell) => cell.padStart(8)).join('')}`
}

function checkText({ name, result, seen }: Check, paint: Paint): string {
  const mark = result === 'holds' ? paint.good('holds') : paint.bad('FAILS')
  return `  ${mark}  ${name.padEnd(41)}${wrapped(seen, { width, indent: 50 })}`
}

/** What it all comes to. */
export function resultText({ withScripts, withoutScripts, left }: Report, paint: Paint): string {
  return [
    headingText('Result', paint),
    factText('with', outcome(withScripts), paint),
    factText('without', controlOutcome(withoutScripts), paint),
    factText('left over', left.join(', ') || 'nothing: all that was started or written is gone again', paint),
  ].join('\n')
}

function outcome(take: Take): string {
  return failing(take).length === 0
    ? `consistent: all ${take.checks.length} checks hold`
    : notConsistent(take)
}

function controlOutcome(take: Take): string {
  if (failing(take).length > 0) return notConsistent(take)
  return `by luck nothing went wrong this time: all ${take.checks.length} checks hold`
}

function notConsistent(take: Take): string {
  const failed = failing(take)
  const names = failed.map(({ name }) => name).join(', ')
  return `NOT consistent: ${failed.length} of ${take.checks.length} checks fail: ${names}`
}

/** An error and what caused it, a line each. */
export function causes(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause === undefined ? error.message : `${error.message}\n${causes(error.cause)}`
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(3)} s`
}
