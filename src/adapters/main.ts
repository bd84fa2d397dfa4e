import { writeSync } from 'node:fs'
import { asFailure, failures } from '../core/failure.ts'
import { exitCodesHelp } from '../core/failure-text.ts'
import { settingsHelp } from '../core/settings-text.ts'
import { version } from './bundle-facts.ts'

export interface Executable {
  readonly name: string
  /** One sentence for `--help`. */
  readonly purpose: string
  /** Before the message of a failure: `not frozen`. */
  readonly failed: string
  /** What it does; resolves to its exit code. */
  readonly work: (argv: readonly string[]) => Promise<number>
}

/** Around each executable: `--help`, `--version`, and the one place where an error becomes a line, a hint and an exit code. */
export async function main({ name, purpose, failed, work }: Executable): Promise<never> {
  const argv = process.argv.slice(2)
  // Work that never comes to an end leaves Node with nothing to do, and Node then ends as if it had.
  process.exitCode = failures.internal.exitCode
  if (argv.includes('--version')) return leave(`${name} ${version}`, 0)
  if (argv.includes('--help')) return leave(helpFor(name, purpose), 0)
  try {
    return process.exit(await work(argv))
  } catch (error) {
    const { message, hint, exitCode } = asFailure(error)
    return leave(`${failed}: ${message}; ${hint}`, exitCode)
  }
}

/** One line for people, on stdout. Whether anybody reads it must not matter: it may be closed. */
export function say(line: string): void {
  try {
    writeSync(1, `${line}\n`)
  } catch {
    // closed, or a pipe nobody reads
  }
}

function leave(line: string, exitCode: number): never {
  say(line)
  process.exit(exitCode)
}

function helpFor(name: string, purpose: string): string {
  const title = `${name} ${version}: ${purpose}`
  return [title, '', 'settings:', settingsHelp(), '', 'exit codes:', exitCodesHelp()].join('\n')
}
