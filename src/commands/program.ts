import { CommanderError, type Command as Parser, createCommand, createOption } from 'commander'
import { version } from '../adapters/bundle-facts.ts'
import { asFailure, Failure } from '../core/failure.ts'
import { exitCodesHelp } from '../core/failure-text.ts'
import { buildCommand } from './build.ts'
import type { Command, Option, Options, Output } from './command.ts'
import { doctorCommand } from './doctor.ts'
import { installCommand } from './install.ts'
import { statusCommand } from './status.ts'
import { terminal } from './terminal.ts'
import { uninstallCommand } from './uninstall.ts'

/** Every subcommand, in the order of `--help`. */
const commands: readonly Command[] = [
  buildCommand,
  installCommand,
  uninstallCommand,
  doctorCommand,
  statusCommand,
]

/**
 * Does what the operator typed and returns the exit code of the failure table. A failure is one line and its hint on
 * standard error, never a stack trace.
 */
export async function run(argv: readonly string[], output: Output = terminal()): Promise<number> {
  try {
    return await dispatch(argv, output)
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0
    return report(error instanceof CommanderError ? misuse(error) : asFailure(error), output)
  }
}

async function dispatch(argv: readonly string[], output: Output): Promise<number> {
  let exitCode = 0
  const parser = parserFor(output)
  for (const command of commands) {
    const declared = declare(parser, command).action(async () => {
      exitCode = await command.run({ arguments: declared.args, options: optionsOf(declared), output })
    })
  }
  if (argv.length === 0) throw new Failure('usage', 'a command is missing')
  await parser.parseAsync(argv, { from: 'user' })
  return exitCode
}

function parserFor(output: Output): Parser {
  return createCommand('mysql-quiesce')
    .description('Quiesce MySQL, MariaDB and Percona Server around a VM snapshot.')
    .version(version, '--version', 'print the version')
    .helpOption('--help', 'print this help')
    .helpCommand(false)
    .addHelpText('after', `\nExit codes:\n${exitCodesHelp()}`)
    .exitOverride()
    .configureOutput({ writeOut: (text) => output.line(text.trimEnd()), writeErr: () => {} })
}

function declare(parser: Parser, { name, summary, ...command }: Command): Parser {
  const declared = parser.command(name).description(summary).helpOption('--help', 'print this help')
  for (const argument of command.arguments ?? []) declared.argument(argument.name, argument.summary)
  for (const option of command.options ?? []) declared.addOption(optionFor(option))
  return declared
}

function optionFor({ flags, summary, times }: Option) {
  const option = createOption(flags, summary)
  return times === 'many' ? option.argParser(gathered) : option
}

function gathered(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value]
}

function optionsOf(declared: Parser): Options {
  const values = declared.opts<Record<string, unknown>>()
  const valueOf = (name: string): unknown => values[camelCased(name)]
  return {
    text: (name) => [valueOf(name)].find((value) => typeof value === 'string'),
    list: (name) => [valueOf(name) ?? []].flat().map(String),
    isGiven: (name) => valueOf(name) !== undefined,
  }
}

/** Commander's own spelling of an option's name. */
function camelCased(name: string): string {
  return name.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

function misuse({ message }: CommanderError): Failure {
  return new Failure('usage', message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' '))
}

function report(failure: Failure, output: Output): number {
  output.note(`mysql-quiesce: ${failure.message}`)
  output.note(`hint: ${failure.hint}`)
  return failure.exitCode
}
