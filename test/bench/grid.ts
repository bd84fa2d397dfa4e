/** A table for the terminal and for a page. */
export interface Grid {
  /** What it is of, in a sentence without a full stop. */
  readonly title: string
  /** The first is the heading. */
  readonly rows: readonly (readonly string[])[]
  /** Of each column; `left` for the first and `right` for the others, where left out. */
  readonly sides?: readonly Side[]
}

export type Side = 'left' | 'right'

export function asText({ title, rows, sides }: Grid): string {
  return `${title}\n\n${aligned(rows, sides)}`
}

export function asMarkdown({ title, rows, sides = ['left'] }: Grid): string {
  const [head = [], ...body] = rows
  const rule = head.map((_, column) => (sides[column] === 'left' ? '---' : '---:'))
  return [`${title}:`, '', ...[head, rule, ...body].map((row) => `| ${row.join(' | ')} |`)].join('\n')
}

/** The first column to the left and numbers to the right, unless told. */
export function aligned(rows: readonly (readonly string[])[], sides: readonly Side[] = ['left']): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) => row.map(padded).join('  ').trimEnd()).join('\n')

  function padded(cell: string, column: number): string {
    const width = widths[column]!
    return sides[column] === 'left' ? cell.padEnd(width) : cell.padStart(width)
  }
}

/** One decimal below a hundred, else none; thousands apart. */
export function number(value: number): string {
  if (Math.abs(value) < 99.95) return value.toFixed(1)
  return value.toFixed(0).replaceAll(/\B(?=(\d{3})+$)/g, ' ')
}
