/** What a word on the command line of a script asks for. `either`: its sender gives it to both scripts; `nothing`: it only tries. */
export type Meaning = 'freeze' | 'thaw' | 'freeze failed' | 'either' | 'nothing'

/** A word that somebody is known to call our scripts with. Upper and lower case are the same. */
export interface KnownWord {
  /** The word itself; or, for what differs from call to call, what it looks like. */
  readonly word: string | { readonly like: RegExp; readonly shown: string }
  readonly means: Meaning
  /** Who sends it, for people. */
  readonly sentBy: string
}

/** What a script was called for: without any word, with one that is known, or with what nobody is known to send. */
export interface CalledFor {
  readonly means: Meaning | 'no word' | 'unknown'
  /** The words, as they are shown to people. */
  readonly words: string
}

/**
 * The first word that is not empty says what for. VMware Tools send one more, which their host chooses; nobody is known to send
 * three.
 */
export function calledFor(words: readonly string[], known: readonly KnownWord[]): CalledFor {
  const [first, ...more] = words.filter(Boolean)
  if (first === undefined) return { means: 'no word', words: '' }
  const shown = words.map((word) => JSON.stringify(word)).join(' ')
  const row = known.find(({ word }) => isSame(word, first))
  return { means: row === undefined || more.length > 1 ? 'unknown' : row.means, words: shown }
}

/** The words that stand for themselves and ask for something else than a thaw: post-thaw-script does nothing for them. */
export function wordsOfNoThaw(known: readonly KnownWord[]): string[] {
  return known.flatMap(({ word, means }) =>
    typeof word === 'string' && (means === 'freeze' || means === 'nothing') ? [word] : [],
  )
}

function isSame(word: KnownWord['word'], said: string): boolean {
  return typeof word === 'string' ? word.toLowerCase() === said.toLowerCase() : word.like.test(said)
}
