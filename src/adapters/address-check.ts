import { checkServerIdentity, TLSSocket } from 'node:tls'

/** What the driver's connection has besides its types: a socket, which it encrypts before it logs in. */
interface Encrypting {
  readonly stream: unknown
  startTLS: (whenSecure: (error?: Error) => void) => void
}

/**
 * Has the certificate of the server checked for the address that it was reached at, before anything is said through TLS,
 * the name of the account included. The driver checks names only; with an address it would look for `localhost`.
 */
export function checkAddress(session: object, address: string): void {
  if (!canEncrypt(session)) throw new Error('the driver has no startTLS to check an address after')
  const startTls = session.startTLS
  session.startTLS = (whenSecure) =>
    startTls.call(session, (error) => whenSecure(error ?? refusal(session.stream, address)))
}

function refusal(stream: unknown, address: string): Error | undefined {
  if (stream instanceof TLSSocket) return checkServerIdentity(address, stream.getPeerCertificate())
  return new Error('the driver has no TLS socket to check an address of')
}

function canEncrypt(session: object): session is Encrypting {
  return 'startTLS' in session && typeof session.startTLS === 'function'
}
