/** GuestQuiesceParams, version 1, of vmbackup.startWithOpts (open-vm-tools, lib/guestRpc/vmbackup.x). */
export interface QuiesceParameters {
  /** A second argument for the scripts; `''` is one, too, before 12.3.5. */
  readonly scriptArg?: string
  /** Seconds from start to the end of the thaw; 0: none. */
  readonly timeout?: number
}

/** The bytes of it, in hex. A bool is a char, which has four bytes on the wire; a union has a flag before it. */
export function quiesceParameters({ scriptArg = '', timeout = 0 }: QuiesceParameters): string {
  const [version, present, createManifest, quiesceApps, quiesceFs, writableSnapshot, execScripts] = [
    1, 1, 0, 1, 1, 0, 1,
  ]
  const flags = [version, present, createManifest, quiesceApps, quiesceFs, writableSnapshot, execScripts]
  return Buffer.concat([...flags.map(number), text(scriptArg), number(timeout), text('')]).toString('hex')
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Its length, then the bytes, filled up to a multiple of four. */
function text(value: string): Buffer {
  const bytes = Buffer.from(value)
  return Buffer.concat([number(bytes.length), bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
}
