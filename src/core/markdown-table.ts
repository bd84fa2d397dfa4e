/** A table of Markdown, the first row its heading; padded as the formatter of the project pads it. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(3, ...rows.map((cells) => cells[column]?.length ?? 0)),
  )
  const lines = rows.map((cells) => line(widths.map((width, column) => (cells[column] ?? '').padEnd(width))))
  return lines.toSpliced(1, 0, line(widths.map((width) => '-'.repeat(width)))).join('\n')
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`
}
