import { together } from '../../../src/quiesce/together.ts'
import { startWriter } from '../writer.ts'
import { insert, select } from '../writer-table.ts'

/** Who is not in the way of anybody, and notes when he got on: one writes and one reads elsewhere, one reads the table. */
export interface Watchers extends AsyncDisposable {
  start(): Promise<void>
  /** The times of each, in milliseconds of CLOCK_MONOTONIC. */
  stop(): Promise<Times>
}

export interface Times {
  readonly writer: readonly number[]
  readonly reader: readonly number[]
  /** Null where there is no table to read. */
  readonly readerOfTable: readonly number[] | null
}

/** With a table, which has to be there when they start, one reads a row of it. */
export async function openWatchers(socket: string, table: string | null): Promise<Watchers> {
  const statements = [insert, select, ...(table === null ? [] : [`SELECT id FROM ${table} LIMIT 1`])]
  const { all, ...opened } = await together(statements.map((statement) => startWriter(socket, statement)))
  return {
    async start() {
      await Promise.all(all.map((one) => one.start()))
    },
    async stop() {
      const [writer, reader, readerOfTable = null] = await Promise.all(all.map((one) => one.stop()))
      return { writer: writer!, reader: reader!, readerOfTable }
    },
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}
