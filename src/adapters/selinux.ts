import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

const kernel = '/sys/fs/selinux'

export function selinuxMode(): 'off' | 'permissive' | 'enforcing' {
  const enforce = textOf(`${kernel}/enforce`)
  if (enforce === null) return 'off'
  return enforce.trim() === '1' ? 'enforcing' : 'permissive'
}

/** Null where the policy knows no such boolean. */
export function selinuxBoolean(name: string): boolean | null {
  const text = textOf(`${kernel}/booleans/${name}`)
  return text === null ? null : text.startsWith('1')
}

/** `system_u:object_r:bin_t:s0`; null where it has none, or cannot be read. */
export function selinuxLabel(path: string): string | null {
  try {
    const said = execFileSync('stat', ['-L', '-c', '%C', path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return said.trim() === '?' ? null : said.trim()
  } catch {
    return null
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
