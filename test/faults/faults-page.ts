import { type Cell, elsewhere, type Group, groups, matrix, type Row } from './matrix.ts'
import { describeEnd, type End } from './outcome.ts'
import { phaseNames, phases } from './phases.ts'

/** docs/faults.md: what the tests run, for people. */
export function faultsPage(): string {
  return [intro, ...Object.entries(phases).map(([name, what]) => `- **${name}**: ${what}`), '', reading]
    .concat(groups.flatMap(section), others())
    .join('\n')
}

const intro = `# Faults

Each process, the server and the machine are hurt in each phase of a run, by the shipped files on a real server.
This page is printed from the table that the tests play (\`test/faults/matrix.ts\`, by \`npm run faults:doc\`); a test
compares them. After each cell a writer that numbers its rows has to agree with the verdict, a fresh connection has
to write within \`hold-at-most\` + 2 s, nobody may be left, on the machine or on the server, and the next freeze and
thaw have to go well and leave the state directory empty.

\`npm run torture\` does the same at random: freezes, thaws and faults at any moment, several at a time.

## The phases
`

const reading = `In each cell: how pre-freeze-script ends, and how post-thaw-script ends (the one that follows, or the one that is the
fault, or the one that runs when the fault comes), each with its exit code or signal. Where two ends are possible the
machine decides, and both are right. A number in brackets: the cell is not played, for the reason below the table.
`

function section(group: Group): readonly string[] {
  const rows = matrix.filter((row) => row.group === group)
  const reasons = [...new Set(rows.flatMap(cellsOf).filter((cell) => typeof cell === 'string'))]
  return [
    `## ${group}`,
    '',
    line(['fault', ...phaseNames]),
    line(['fault', ...phaseNames].map(() => '---')),
    ...rows.map((row) => line([row.fault, ...cellsOf(row).map((cell) => textOf(cell, reasons))])),
    '',
    ...reasons.map((reason, index) => `${index + 1}. ${reason}`),
    ...(reasons.length > 0 ? [''] : []),
  ]
}

function others(): readonly string[] {
  return ['## Not in a table', '', ...elsewhere.map(({ fault, why }) => `- **${fault}**: ${why}`), '']
}

function cellsOf({ cells }: Row): readonly Cell[] {
  return phaseNames.map((phase) => cells[phase])
}

function textOf(cell: Cell, reasons: readonly string[]): string {
  if (typeof cell === 'string') return `[${reasons.indexOf(cell) + 1}]`
  return `${textOfEnds(cell.freeze)}<br>${textOfEnds(cell.thaw)}`
}

function textOfEnds(ends: readonly End[]): string {
  return ends.map(describeEnd).join(' or ')
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
