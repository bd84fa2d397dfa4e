import { type Check, type Result, worst } from './check.ts'
import type { Findings } from './subjects.ts'

/** 0 all well, 1 warnings, 2 problems. */
export function exitCodeFor(findings: readonly Findings[]): number {
  return { ok: 0, warning: 1, problem: 2 }[worst(all(findings))]
}

/** For a machine. */
export function reportJson(findings: readonly Findings[], version: string): string {
  const checks = findings.flatMap(({ subject, checks: made }) => made.map((check) => ({ subject, ...check })))
  return JSON.stringify({ version, result: worst(checks), checks }, null, 2)
}

/** For a person: a paragraph for each subject, its checks below one another, and a sentence at the end. */
export function reportLines(findings: readonly Findings[], style: 'plain' | 'coloured'): string[] {
  const paragraphs = findings.map(({ subject, checks }) => [
    '',
    subject,
    ...checks.flatMap((check) => lines(check, checks, style)),
  ])
  return [...paragraphs.flat().slice(1), '', summary(all(findings))]
}

const words: Readonly<Record<Result, string>> = {
  ok: 'ok',
  warning: 'warning',
  problem: 'PROBLEM',
  'not-applicable': '-',
}

/** SGR parameters of the terminal. */
const colours: Readonly<Record<Result, string>> = {
  ok: '32',
  warning: '33',
  problem: '31;1',
  'not-applicable': '2',
}

const resultWidth = 'PROBLEM'.length + 2

function lines(
  { name, result, seen, advice }: Check,
  among: readonly Check[],
  style: 'plain' | 'coloured',
): string[] {
  const word = words[result].padEnd(resultWidth)
  const shown = style === 'coloured' ? `\u001B[${colours[result]}m${word}\u001B[0m` : word
  const width = Math.max(...among.map((check) => check.name.length)) + 2
  const advised = advice === null ? [] : [`  ${' '.repeat(resultWidth + width)}${arrow(result)}${advice}`]
  return [`  ${shown}${name.padEnd(width)}${printable(seen)}`, ...advised.map(printable)]
}

/** What to do, or where nothing was judged, where to look. */
function arrow(result: Result): string {
  return result === 'not-applicable' ? 'see: ' : 'do: '
}

/** Statements and messages come from others: no line breaks, and nothing a terminal would obey. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ')
}

function summary(checks: readonly Check[]): string {
  const count = (result: Result): number => checks.filter((check) => check.result === result).length
  const [problems, warnings] = [count('problem'), count('warning')]
  const well = `${plural(count('ok'), 'check')} ${count('ok') === 1 ? 'is' : 'are'} ok`
  if (problems + warnings === 0) return `all is well: ${well}`
  const parts = [
    ...(problems > 0 ? [plural(problems, 'problem')] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
  ]
  return [...parts, well].join(', ')
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

function all(findings: readonly Findings[]): Check[] {
  return findings.flatMap(({ checks }) => checks)
}
