import { failures } from './failure.ts'

/** Codes that no row of the failure table has: the launcher's, and those of a shell. */
const others: readonly (readonly [exitCode: string, meaning: string])[] = [
  ['127', 'no Node.js was found; post-thaw-script has let go all the same'],
  ['128 + n', 'Node.js died of signal n (134: abort, 137: KILL); undone by the locker'],
]

/** The exit codes for `--help`. */
export function exitCodesHelp(): string {
  return rows()
    .map(([exitCode, name, meaning]) => `  ${exitCode.padStart(7)}  ${name.padEnd(24)}${meaning}`.trimEnd())
    .join('\n')
}

/** The exit codes for the README. */
export function exitCodesMarkdown(): string {
  const lines = rows().map(([exitCode, name, meaning]) => `| ${exitCode} | ${name} | ${meaning} |`)
  return ['| exit code | name | what to do |', '|---|---|---|', ...lines].join('\n')
}

function rows(): (readonly [exitCode: string, name: string, meaning: string])[] {
  const known = Object.entries(failures).map(
    ([name, { exitCode, hint }]) => [String(exitCode), name, hint] as const,
  )
  return [
    ['0', 'done', ''],
    ...known,
    ...others.map(([exitCode, meaning]) => [exitCode, '', meaning] as const),
  ]
}
