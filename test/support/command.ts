import { run } from '../../src/commands/program.ts'

export interface Said {
  readonly exitCode: number
  /** Lines on standard output. */
  readonly lines: readonly string[]
  /** Lines on standard error. */
  readonly notes: readonly string[]
}

/** The operator's command, as typed: `command('build', '--json')`. */
export async function command(...argv: readonly string[]): Promise<Said> {
  const lines: string[] = []
  const notes: string[] = []
  const exitCode = await run(argv, {
    line: (text) => void lines.push(...text.split('\n')),
    note: (text) => void notes.push(...text.split('\n')),
  })
  return { exitCode, lines, notes }
}
