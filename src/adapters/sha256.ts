import { createHash } from 'node:crypto'

/** SHA-256 in hexadecimal, as sha256sum prints it. */
export function sha256Of(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}
