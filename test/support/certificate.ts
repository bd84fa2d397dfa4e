import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

export interface Certificate {
  /** PEM */
  readonly cert: string
  /** PEM */
  readonly key: string
}

export interface Authority extends Certificate {
  /** A certificate for these names: `localhost`, or an address as its bytes. */
  readonly signs: (...names: readonly (string | readonly number[])[]) => Certificate
}

/** An authority of a test's own; nothing but Node.js is needed for it. */
export function newAuthority(): Authority {
  const { publicKey, privateKey } = newKeys()
  const common = { issuer: 'an authority', signer: privateKey }
  const own = { ...common, subject: common.issuer, publicKey, extensions: [isAuthority] }
  return {
    cert: certificate(own),
    key: pemOf(privateKey),
    signs(...names) {
      const keys = newKeys()
      const theirs = { subject: 'a server', publicKey: keys.publicKey, extensions: [alternative(names)] }
      return { cert: certificate({ ...common, ...theirs }), key: pemOf(keys.privateKey) }
    },
  }
}

interface Request {
  readonly issuer: string
  readonly signer: KeyObject
  readonly subject: string
  readonly publicKey: KeyObject
  readonly extensions: readonly Buffer[]
}

/** RFC 5280, section 4.1, signed with ECDSA and SHA-256. */
function certificate({ issuer, signer, subject, publicKey, extensions }: Request): string {
  const toBeSigned = sequence(
    tagged(0xa0, integer(2)),
    integer(serial++),
    sequence(ecdsaWithSha256),
    named(issuer),
    sequence(time('200101000000Z'), time('491231235959Z')),
    named(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', toBeSigned, signer)
  const der = sequence(toBeSigned, sequence(ecdsaWithSha256), tagged(0x03, Buffer.from([0]), signature))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

let serial = 1

function newKeys() {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const head = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...head]), content])
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts)
}

function integer(value: number): Buffer {
  return tagged(0x02, Buffer.from([value]))
}

function time(utc: string): Buffer {
  return tagged(0x17, Buffer.from(utc))
}

function oid(hex: string): Buffer {
  return tagged(0x06, Buffer.from(hex, 'hex'))
}

function named(commonName: string): Buffer {
  return sequence(tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from(commonName)))))
}

function extension(id: string, ...content: readonly Buffer[]): Buffer {
  return sequence(oid(id), tagged(0x04, sequence(...content)))
}

function alternative(names: readonly (string | readonly number[])[]): Buffer {
  const forms = names.map((name) =>
    typeof name === 'string' ? tagged(0x82, Buffer.from(name)) : tagged(0x87, Buffer.from(name)),
  )
  return extension('551d11', ...forms)
}

const ecdsaWithSha256 = oid('2a8648ce3d040302')
const isAuthority = extension('551d13', tagged(0x01, Buffer.from([0xff])))
