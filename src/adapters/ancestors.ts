import { readFileSync } from 'node:fs'
import type { Ancestor } from '../core/invoker.ts'
import { parseStat } from '../core/process.ts'

/** No chain of callers is longer than this. */
const longest = 30

/** The process with this pid and those above it, up to the first of all; as far as they can be read. */
export function ancestorsFrom(pid: number): Ancestor[] {
  const chain: Ancestor[] = []
  for (let at = pid; at > 0 && chain.length < longest;) {
    const seen = seenAt(at)
    if (seen === null) break
    chain.push(seen.ancestor)
    at = seen.parent
  }
  return chain
}

function seenAt(pid: number): { readonly ancestor: Ancestor; readonly parent: number } | null {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    if (stat === null) return null
    const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd()
    const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1)
    return { ancestor: { pid, name, argv }, parent: stat.parent }
  } catch {
    return null
  }
}
