import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { systemMessage } from '../adapters/errno.ts'
import { Failure } from '../core/failure.ts'
import { optionLine } from '../core/option-file-text.ts'
import { exampleOptionFile } from '../core/settings-text.ts'
import { shellAssignments } from '../core/shell-assignments.ts'

/** Where the older hook for QEMU, by which many have set it up, has its account. */
export const usualQemuConf = '/etc/qemu/qemu.conf'

export interface Imported {
  /** The option file that logs in as that file does. */
  readonly optionFile: string
  readonly notes: readonly string[]
}

/**
 * An option file from USERNAME= and PASSWORD= of a file that sh reads; nothing in it is executed. `path` is its name for people,
 * `real` where it is. Throws `option-file-unreadable` and `bad-setting`.
 */
export function importQemuConf(path: string, real: string): Imported {
  const { text, mode } = read(path, real)
  const values = shellAssignments(text, ['USERNAME', 'PASSWORD'], path)
  const [user, password] = [values.get('USERNAME'), values.get('PASSWORD')]
  if (user === undefined && password === undefined)
    throw new Failure('bad-setting', `${path} sets neither USERNAME nor PASSWORD`)
  return {
    optionFile: [
      exampleOptionFile().trimEnd(),
      '',
      `# Taken over from ${path}:`,
      ...(user ? [optionLine('user', user)] : []),
      ...(password ? [optionLine('password', password)] : []),
      '',
    ].join('\n'),
    notes: notesOn(path, mode, password),
  }
}

function read(path: string, real: string): { readonly text: string; readonly mode: number } {
  try {
    const descriptor = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      const seen = fstatSync(descriptor)
      if (!seen.isFile()) throw new Error('not a regular file')
      return { text: readFileSync(descriptor, 'utf8'), mode: seen.mode & 0o7777 }
    } finally {
      closeSync(descriptor)
    }
  } catch (cause) {
    throw new Failure('option-file-unreadable', `${path} cannot be read: ${systemMessage(cause)}`, { cause })
  }
}

function notesOn(path: string, mode: number, password: string | undefined): string[] {
  const octal = mode.toString(8).padStart(4, '0')
  if (!password) return []
  const exposed = `${path} can be read by others (mode ${octal}), and they may know the password: change it, and chmod 600`
  return [...(mode & 0o044 ? [exposed] : []), `${path} is needed by us no more`]
}
