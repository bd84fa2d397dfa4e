import { isatty } from 'node:tty'
import type { Leash } from '../core/world.ts'

/** What pre-freeze-script writes before it leaves. */
export const handedOver = 'handed over\n'

/**
 * The leash of a locktables process: its stdin, where that is a pipe that pre-freeze-script holds. When it
 * ends without "handed over", whoever waits for the lock has died. Started by hand there is none.
 */
export function leashOn(stdin: NodeJS.ReadStream, { held }: { readonly held: boolean }): Leash {
  const broken = new AbortController()
  if (!held || isatty(0))
    return { broken: broken.signal, handedOver: () => 'no leash', [Symbol.dispose]: () => {} }

  let said = ''
  const isHandedOver = () => said.includes(handedOver)
  const onEnd = () => {
    if (!isHandedOver()) broken.abort()
  }
  stdin.setEncoding('utf8').on('data', (text: string) => (said += text))
  stdin.on('end', onEnd).on('error', onEnd)
  return {
    broken: broken.signal,
    handedOver: () => (isHandedOver() ? 'yes' : 'no'),
    [Symbol.dispose]: () => void stdin.destroy(),
  }
}
