/** A process that asks, publishes a thousand holds, or leaves, in a state directory, as soon as it is told to. */
import { once } from 'node:events'
import { handshakeIn } from '../../src/adapters/handshake.ts'
import { self } from '../../src/adapters/proc.ts'
import { asFailure } from '../../src/core/failure.ts'
import { aHold } from './fake/holds.ts'

const [, , what, directory = '', run = ''] = process.argv
const handshake = handshakeIn(directory)
const attendance = what === 'attend' ? handshake.attend() : undefined
console.log('ready')
await once(process.stdin, 'data')
if (what === 'ask') console.log(ask())
else if (what === 'attend') await leave()
else
  for (let count = 0; count < 1000; count++)
    handshake.publish({ ...aHold, doing: String(count % 2).repeat(9000) })

function ask(): string {
  try {
    handshake.ask({ run, asker: self() })
    return 'asked'
  } catch (error) {
    return asFailure(error).code
  }
}

async function leave(): Promise<void> {
  attendance?.[Symbol.dispose]()
  console.log('left')
  await once(process.stdin, 'end')
}
