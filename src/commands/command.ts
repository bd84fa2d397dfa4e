/** A subcommand, as data: program.ts hands it to commander, which no other file knows. */
export interface Command {
  readonly name: string
  /** One sentence for `--help`: lower case, no full stop. */
  readonly summary: string
  readonly arguments?: readonly Argument[]
  readonly options?: readonly Option[]
  /** Does it; returns the exit code, or throws a `Failure`, which program.ts reports. */
  run(call: Call): Promise<number>
}

export interface Argument {
  /** `<file>` is needed, `[file]` is not, `[files...]` takes the rest. */
  readonly name: string
  readonly summary: string
}

export interface Option {
  /** `--out <dir>` has a value, `--json` has none. */
  readonly flags: string
  readonly summary: string
  /** `many`: may be given again and again, and arrives as a list. */
  readonly times?: 'once' | 'many'
}

/** What the operator typed, and where the answer goes. */
export interface Call {
  readonly arguments: readonly string[]
  readonly options: Options
  readonly output: Output
}

/** The options that were given, by their name without the dashes. */
export interface Options {
  text(name: string): string | undefined
  list(name: string): readonly string[]
  isGiven(name: string): boolean
}

/** Whole lines, without their ending. */
export interface Output {
  /** Whether the answer may have colours; plain, where it is not said. */
  readonly style?: 'plain' | 'coloured'
  /** The answer: standard output. */
  line(text: string): void
  /** What is not the answer: standard error. */
  note(text: string): void
}
