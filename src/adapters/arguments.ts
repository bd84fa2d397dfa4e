import { parseArgs } from 'node:util'
import { Failure } from '../core/failure.ts'
import { didYouMean } from '../core/setting-name.ts'
import { passwordInSight } from '../core/settle.ts'
import { parseArgsOptions } from '../core/settings-text.ts'
import type { Flags } from './settings.ts'

/** What an executable was called with: its flags by setting name, flags of its own, and the words between them. */
export interface Arguments {
  readonly flags: Flags
  readonly own: Readonly<Record<string, string | undefined>>
  readonly words: readonly string[]
}

/**
 * Flags are strict: the settings, and what this executable knows `also`. Words are free: an agent gives one, an empty
 * one, two or none. `_` is as good as `-`, as in option files. Throws `usage`, and for a password `bad-setting`, which
 * does not repeat it.
 */
export function readArguments(argv: readonly string[], also: readonly string[] = []): Arguments {
  const others = Object.fromEntries(also.map((name) => [name, { type: 'string' as const }]))
  const options = { ...parseArgsOptions(), ...others }
  const { tokens } = parseArgs({ args: argv.map(dashed), options, strict: false, tokens: true })
  const flags: Record<string, readonly string[]> = {}
  const own: Record<string, string> = {}
  const words: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value)
    if (token.kind !== 'option') continue
    const { name } = token
    const value = valueOf(token, Object.keys(options))
    if (also.includes(name)) own[name] = value
    else flags[name] = [...(flags[name] ?? []), value]
  }
  return { flags, own, words }
}

/** The same for another executable. */
export function argvFor(flags: Flags): string[] {
  return Object.entries(flags).flatMap(([name, values = []]) => values.map((value) => `--${name}=${value}`))
}

interface Option {
  readonly name: string
  readonly rawName: string
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

function dashed(argument: string): string {
  return argument.replace(/^--[^=]*/, (name) => name.replaceAll('_', '-'))
}

function valueOf({ name, rawName, value, inlineValue }: Option, known: readonly string[]): string {
  if (rawName === '-p' || name === 'password') throw passwordInSight(rawName)
  if (!known.includes(name)) throw usage(`there is no option ${rawName}${didYouMean(name, known)}`)
  if (value === undefined || (!inlineValue && value.startsWith('-'))) throw usage(`${rawName} has no value`)
  return value
}

function usage(what: string): Failure {
  return new Failure('usage', what)
}
