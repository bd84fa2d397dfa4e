import { markdownTable } from '../core/markdown-table.ts'
import { platforms } from './all.ts'

/** For docs/operating.md: who calls, with what, and what comes of a failure. */
export function invokersMarkdown(): string {
  const rows = platforms.map(({ name, calls }) => [
    `\`${name}\``,
    calls.freeze,
    calls.thaw,
    calls.whenFreezeFails,
    calls.whenThawFails,
  ])
  return markdownTable([
    ['platform', 'freeze', 'thaw', 'when the freeze fails', 'when the thaw fails'],
    ...rows,
  ])
}

/** For docs/operating.md: how long each one waits, and what to choose because of it. */
export function limitsMarkdown(): string {
  const rows = platforms.flatMap(({ name, limits }) =>
    limits.map(({ what, seconds, choose }) => [
      `\`${name}\``,
      what,
      seconds === null ? 'none' : String(seconds),
      choose,
    ]),
  )
  return markdownTable([['platform', 'limit', 'seconds', 'choose'], ...rows])
}
