/** Who may do what with a file, as stat(2) tells it. */
export interface Access {
  readonly mode: number
  readonly uid: number
  readonly gid: number
}

/**
 * What is wrong with the owner and mode of an option file, or null. Whoever can write it decides what root does, so
 * that must be root or us (`us`: this process); one with a password may be read by its owner only.
 */
export function exposure(
  file: Access,
  { us, content }: { readonly us: Pick<Access, 'uid' | 'gid'>; readonly content: 'password' | 'no password' },
): string | null {
  const seen = `mode ${mode(file.mode)}, owner ${file.uid}:${file.gid}`
  if (file.uid !== 0 && file.uid !== us.uid) return `belongs to neither root nor us (${seen})`
  if (file.mode & 0o002) return `can be written by everybody (${seen})`
  if (file.mode & 0o020 && file.gid !== 0 && file.gid !== us.gid)
    return `can be written by its group (${seen})`
  if (content === 'password' && file.mode & 0o066) return `has a password, and others can read it (${seen})`
  return null
}

function mode(bits: number): string {
  return (bits & 0o7777).toString(8).padStart(4, '0')
}
