import { normalize } from 'node:path'
import { Failure } from '../core/failure.ts'

/**
 * A state directory as it may be built into a bundle: an absolute path without trailing slash, on one line, and
 * without the mark that would end the sh head. Throws `bad-setting`.
 */
export function buildableStateDir(text: string): string {
  const path = normalize(text).replace(/\/+$/, '')
  if (!text.startsWith('/') || path === '') throw bad(text, 'not the absolute path of a directory')
  if (/\p{Cc}/u.test(text)) throw bad(text, 'not on one line, or has a control character')
  if (text.includes('*/')) throw bad(text, "a path with '*/', which the executables cannot hold")
  return path
}

function bad(text: string, what: string): Failure {
  return new Failure('bad-setting', `--set state-dir is ${JSON.stringify(text)}: ${what}`)
}
