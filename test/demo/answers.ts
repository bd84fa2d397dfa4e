/** What a server answered when it was asked, or what it said instead: on a damaged table it may refuse. */
export type Answer<T> = { readonly is: T } | { readonly trouble: string }

/** The rows of one writer in a table: they are all there when there are as many as the highest number says. */
export interface WriterRows {
  readonly count: number
  readonly highest: number
}

export async function answerTo<T>(question: Promise<T>): Promise<Answer<T>> {
  try {
    return { is: await question }
  } catch (error) {
    return { trouble: troubleIn(String(error)) }
  }
}

/** Of all that a failing client or server printed, the line that says why. */
export function troubleIn(text: string): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return (lines.find((line) => /\bERROR\b/.test(line)) ?? lines[0] ?? '').trim()
}

/** What CHECK TABLE has against a table, from rows `TABLE check TYPE TEXT`; a sound one is told by `status OK` alone. */
export function complaintsOf(checkTable: string): readonly string[] {
  return rowsOf(checkTable)
    .filter(([, , type, text]) => !(type === 'status' && text === 'OK'))
    .map(([, , , text = '']) => text.replaceAll(/\s+/g, ' '))
}

/** From rows `WRITER COUNT HIGHEST`; writers are numbered from 1, and the first is at 0 in the list. */
export function writerRowsOf(grouped: string, writers: number): readonly WriterRows[] {
  const found = new Map(
    rowsOf(grouped).map(([writer, count, highest]) => [
      Number(writer),
      { count: Number(count), highest: Number(highest) },
    ]),
  )
  return Array.from({ length: writers }, (_, at) => found.get(at + 1) ?? { count: 0, highest: 0 })
}

/** How many rows were written into a table up to a position, from SHOW BINLOG EVENTS: each row has a Table_map event. */
export function rowsWritten(events: string, table: string, upTo: number): number {
  return rowsOf(events).filter(
    ([, , type, , end, info]) => type === 'Table_map' && info?.includes(`(${table})`) && Number(end) <= upTo,
  ).length
}

function rowsOf(text: string): string[][] {
  return text === '' ? [] : text.split('\n').map((line) => line.split('\t'))
}
