import { aligned, number } from './grid.ts'
import type { FigureName, Figures } from './figures.ts'
import type { PathLine, Report } from './report.ts'
import type { Summary } from './statistics.ts'
import { subjectNames } from './subject.ts'
import { outcomeOf, type Target } from './targets.ts'

/** The whole report for people: figures, what is to be reached, and where the time goes. */
export function tables(report: Report): string {
  return [
    `${report.server}; ${report.machine}; ${report.at}`,
    figureTable(report.subjects),
    targetTable(report.targets),
    pathTable(report.path),
  ]
    .filter((table) => table !== '')
    .join('\n\n')
}

const figureRows: readonly { readonly name: FigureName; readonly title: string; readonly unit: number }[] = [
  { name: 'addedStall', title: 'added stall, ms', unit: 1 },
  { name: 'synced', title: 'of it sync -f, ms', unit: 1 },
  { name: 'release', title: 'release, ms', unit: 1 },
  { name: 'preFreeze', title: 'pre-freeze on an idle server, ms', unit: 1 },
  { name: 'lockerMemory', title: 'locker memory at its peak, MB', unit: 1e6 },
  { name: 'emptyNode', title: 'an empty Node.js process, MB', unit: 1e6 },
]

function figureTable(subjects: Report['subjects']): string {
  return aligned([
    ['', ...subjectNames.flatMap((name) => [name, 'median', 'worst'])],
    ...figureRows.map(({ name, title, unit }) => [
      title,
      ...subjectNames.flatMap((subject) => cells(subjects[subject][name], unit)),
    ]),
  ])
}

function cells(found: Figures[FigureName], unit = 1): string[] {
  if (found === undefined) return ['', '-', '-']
  return [`of ${found.of}`, number(found.median / unit), number(found.worst / unit)]
}

function targetTable(targets: readonly Target[]): string {
  const rows = targets.map((target) => [
    target.what,
    `${target.sense} ${target.limit}`,
    target.seen === null ? '-' : number(target.seen),
    target.unit,
    outcomeOf(target),
  ])
  return aligned([['to reach', '', 'seen', '', ''], ...rows], ['left', 'right', 'right', 'left', 'left'])
}

function pathTable(path: readonly PathLine[]): string {
  if (path.length === 0) return ''
  return aligned([['where the time of ours goes, ms', 'median', 'worst'], ...path.flatMap(pathRows)])
}

function pathRows(line: PathLine, index: number, path: readonly PathLine[]): string[][] {
  const isFirst = path[index - 1]?.stretch !== line.stretch
  const indent = line.step === null ? '  ' : '    '
  const row = [`${indent}${line.step ?? line.section}`, ...timesOf(line)]
  return isFirst ? [[line.stretch, '', ''], row] : [row]
}

function timesOf({ median, worst }: Summary): string[] {
  return [number(median), number(worst)]
}
