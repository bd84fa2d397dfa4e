import { failures } from './failure.ts'

/** Codes that no row of the failure table has: the launcher's, those of a shell, and those of the pair for Veeam. */
const others: readonly (readonly [exitCode: string, meaning: string])[] = [
  [
    '124',
    'freeze-within was longer than the 540 s of the pre-freeze script of Veeam, which stopped it; undone',
  ],
  ['126', 'a script of Veeam was not run as root; let the guest account of the job elevate its privileges'],
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
