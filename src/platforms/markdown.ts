import { markdownTable } from '../core/markdown-table.ts'
import type { Meaning } from '../core/words.ts'
import { platforms } from './all.ts'
import { knownWords } from './words.ts'

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

/** For docs/operating.md: the words that our scripts know. */
export function wordsMarkdown(): string {
  const rows = knownWords.map(({ word, means, sentBy }) => [
    typeof word === 'string' ? `\`${word}\`` : word.shown,
    sentBy,
    ...does[means],
  ])
  return markdownTable([['word', 'sent by', 'pre-freeze-script', 'post-thaw-script'], ...rows])
}

const does: Readonly<Record<Meaning, readonly [freeze: string, thaw: string]>> = {
  freeze: ['freezes', 'refuses (2)'],
  thaw: ['refuses (2)', 'thaws'],
  'freeze failed': ['refuses (2)', 'lets go, no verdict'],
  either: ['freezes', 'thaws'],
  nothing: ['refuses (2)', 'refuses (2)'],
}
