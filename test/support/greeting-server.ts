import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Certificate } from './certificate.ts'

/** It greets as a server of MySQL with TLS does, hears who wants to log in, and refuses everybody. */
export interface GreetingServer extends AsyncDisposable {
  readonly port: number
  /** What the next client says once TLS is there, to its end. */
  readonly nextIsHeard: () => Promise<string>
}

export async function greetingServer(certificate: Certificate, host: string): Promise<GreetingServer> {
  const server = createServer()
  server.listen(0, host)
  await once(server, 'listening')
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('it listens on no port')
  return {
    port: address.port,
    async nextIsHeard() {
      const [socket]: Socket[] = await once(server, 'connection')
      return await heard(socket!, certificate)
    },
    async [Symbol.asyncDispose]() {
      server.close()
    },
  }
}

async function heard(socket: Socket, { cert, key }: Certificate): Promise<string> {
  socket.on('error', () => {})
  socket.write(greeting)
  // what follows the request for TLS in the same piece is TLS already
  while (socket.read(requestLength) === null) await once(socket, 'readable')
  const secure = new TLSSocket(socket, { isServer: true, cert, key })
  const said: Buffer[] = []
  secure.on('error', () => {})
  secure.on('data', (data: Buffer) => {
    said.push(data)
    secure.end(refusal)
  })
  await once(socket, 'close')
  return Buffer.concat(said).toString('latin1')
}

/** SSLRequest, with its head. */
const requestLength = 36

/** HandshakeV10: protocol 4.1, TLS, and a salt of zeros. */
const greeting = packet(
  0,
  Buffer.from('\x0a8.0.0\0'),
  Buffer.from([1, 0, 0, 0, ...zeros(8), 0]),
  Buffer.from([0x00, 0x8a, 45, 2, 0, 0x08, 0x00, 21, ...zeros(10)]),
  Buffer.from([...zeros(12), 0]),
  Buffer.from('mysql_native_password\0'),
)

const refusal = packet(3, Buffer.from([0xff, 1045 & 0xff, 1045 >> 8]), Buffer.from('#28000Access denied'))

function packet(sequence: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([content.length, 0, 0, sequence]), content])
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0)
}
