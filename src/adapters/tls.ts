import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tls } from '../core/connection.ts'
import { Failure } from '../core/failure.ts'
import { systemMessage } from './errno.ts'

/**
 * TLS as the driver wants it; undefined: no TLS. Throws Failure `option-file-unreadable` for a file that cannot be read,
 * `bad-setting` for one that holds something else.
 */
export interface TlsOptions {
  readonly ca?: string[]
  readonly cert?: string
  readonly key?: string
  readonly rejectUnauthorized: boolean
  readonly verifyIdentity: boolean
}

export function tlsOptions(tls: Tls): TlsOptions | undefined {
  const { mode, ca, capath } = tls
  if (mode === 'DISABLED') return undefined
  const authorities = [...(ca ? [certificateIn('ssl-ca', ca).text] : []), ...(capath ? allIn(capath) : [])]
  return {
    ...(authorities.length > 0 ? { ca: authorities } : {}),
    ...ownCertificate(tls),
    rejectUnauthorized: mode === 'VERIFY_CA' || mode === 'VERIFY_IDENTITY',
    verifyIdentity: mode === 'VERIFY_IDENTITY',
  }
}

function ownCertificate(files: Pick<Tls, 'cert' | 'key'>): Pick<TlsOptions, 'cert' | 'key'> {
  const cert = files.cert ? certificateIn('ssl-cert', files.cert) : undefined
  const key = files.key ? privateKeyIn('ssl-key', files.key) : undefined
  if (cert && key && !cert.parsed.checkPrivateKey(key.parsed))
    throw new Failure(
      'bad-setting',
      `ssl-key ${files.key} holds another key than that of ssl-cert ${files.cert}`,
    )
  return { ...(cert ? { cert: cert.text } : {}), ...(key ? { key: key.text } : {}) }
}

function certificateIn(setting: string, file: string) {
  const text = read(setting, file)
  return { text, parsed: parsed(`${setting} ${file} holds no certificate`, () => new X509Certificate(text)) }
}

function privateKeyIn(setting: string, file: string) {
  const text = read(setting, file)
  return { text, parsed: parsed(`${setting} ${file} holds no private key`, () => createPrivateKey(text)) }
}

/** The driver, and OpenSSL, do not say which file it is. */
function parsed<Parsed>(otherwise: string, parse: () => Parsed): Parsed {
  try {
    return parse()
  } catch (cause) {
    throw new Failure('bad-setting', `${otherwise}: ${systemMessage(cause)}`, { cause })
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
