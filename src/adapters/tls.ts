import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tls } from '../core/connection.ts'
import { Failure } from '../core/failure.ts'
import { systemMessage } from './errno.ts'

/** TLS as the driver wants it; undefined: no TLS. Throws Failure `option-file-unreadable` for a file that cannot be read. */
export interface TlsOptions {
  readonly ca?: string[]
  readonly cert?: string
  readonly key?: string
  readonly rejectUnauthorized: boolean
  readonly verifyIdentity: boolean
}

export function tlsOptions({ mode, ca, capath, cert, key }: Tls): TlsOptions | undefined {
  if (mode === 'DISABLED') return undefined
  const authorities = [...(ca ? [read('ssl-ca', ca)] : []), ...(capath ? allIn(capath) : [])]
  return {
    ...(authorities.length > 0 ? { ca: authorities } : {}),
    ...(cert ? { cert: read('ssl-cert', cert) } : {}),
    ...(key ? { key: read('ssl-key', key) } : {}),
    rejectUnauthorized: mode === 'VERIFY_CA' || mode === 'VERIFY_IDENTITY',
    verifyIdentity: mode === 'VERIFY_IDENTITY',
  }
}

function allIn(capath: string): string[] {
  return names(capath)
    .filter((name) => /\.(pem|crt|\d)$/.test(name))
    .map((name) => read('ssl-capath', join(capath, name)))
}

function names(capath: string): string[] {
  try {
    return readdirSync(capath).toSorted()
  } catch (error) {
    throw unreadable('ssl-capath', capath, error)
  }
}

function read(setting: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw unreadable(setting, file, error)
  }
}

function unreadable(setting: string, file: string, cause: unknown): Failure {
  return new Failure('option-file-unreadable', `${setting} ${file} cannot be read: ${systemMessage(cause)}`, {
    cause,
  })
}
