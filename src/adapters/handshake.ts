import { closeSync, existsSync, openSync, rmSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../core/failure.ts'
import { formatHold, isReadable, parseHold } from '../core/hold.ts'
import { phaseOf } from '../core/phase.ts'
import { formatRefusal, parseRefusal } from '../core/refusal.ts'
import { formatTicket, parseTicket } from '../core/ticket.ts'
import type { Handshake, Sighting } from '../core/world.ts'
import { attend, attendantOf } from './attendance.ts'
import { errnoOf, systemMessage } from './errno.ts'
import { isAlive } from './proc.ts'
import { draftOf, read, remove, writeWhole } from './state-file.ts'
import { watchDirectory } from './watch-directory.ts'

/**
 * The handshake as files in the state directory. All calls are synchronous: it is a tmpfs, and between
 * "frozen" and UNLOCK it is the only place that may be written.
 */
export function handshakeIn(directory: string): Handshake {
  const waitforlock = join(directory, 'waitforlock')
  const waitforsnapshot = join(directory, 'waitforsnapshot')
  const holdFile = join(directory, 'hold.json')
  // The head of post-thaw-script looks for these names.
  const refused = (invoker: string) => join(directory, `refused-${invoker}`)

  return {
    sight,
    asked: () => read(waitforsnapshot),
    ask(ticket) {
      const text = formatTicket(ticket)
      create(waitforlock, text)
      try {
        create(waitforsnapshot, text)
      } catch (error) {
        removeIf(waitforlock, text)
        throw error
      }
    },
    letGo() {
      // Neither of these looks may keep it from being removed.
      const came = existsSync(waitforlock) ? 'too early' : 'in time'
      const asked = (attempt(() => read(waitforsnapshot)) ?? '').trimEnd()
      return remove(waitforsnapshot) ? { asked, came } : null
    },
    publish: (hold) => writeWhole(holdFile, formatHold(hold)),
    restore(hold) {
      const text = formatHold(hold)
      if (attempt(() => read(holdFile)) === text) return false
      writeWhole(holdFile, text)
      return true
    },
    attend: () => attend(directory),
    attendant: () => attendantOf(directory),
    answer: () => void remove(waitforlock),
    withdraw(text) {
      removeIf(waitforsnapshot, text)
      removeIf(waitforlock, text)
    },
    forget({ texts }) {
      removeIf(waitforsnapshot, texts.waitforsnapshot)
      removeIf(waitforlock, texts.waitforlock)
      removeIf(holdFile, texts['hold.json'])
      // Left by a locker that was killed; while somebody asks for a lock it may be another's, who is at it.
      if (!existsSync(waitforsnapshot) && !existsSync(waitforlock)) remove(draftOf(holdFile))
    },
    refuse: (refusal) => writeWhole(refused(refusal.invoker), formatRefusal(refusal)),
    refusal: (invoker) => parseRefusal(read(refused(invoker)) ?? ''),
    admit: (invoker) => void remove(refused(invoker)),
    watch: (look) => watchDirectory(directory, look),
  }

  function sight(): Sighting {
    const [locked, asked, held] = [read(waitforlock), read(waitforsnapshot), read(holdFile)]
    const hold = held === null ? null : (parseHold(held) ?? 'unreadable')
    const ticket = parseTicket(asked ?? locked ?? '')
    const lockerAlive = isReadable(hold) && hold.ended === null && isAlive(hold.locker)
    const askerAlive = ticket !== null && isAlive(ticket.asker)
    const facts = { waitforlock: locked !== null, waitforsnapshot: asked !== null, lockerAlive, askerAlive }
    const texts = { waitforlock: locked, waitforsnapshot: asked, 'hold.json': held }
    return { phase: phaseOf(facts), waitforlock: facts.waitforlock, ticket, hold, lockerAlive, texts }
  }
}

/** O_EXCL: of two that ask at once, one is refused. */
function create(file: string, text: string): void {
  const descriptor = opened(file)
  try {
    writeSync(descriptor, text)
  } catch (error) {
    unlinkSync(file)
    throw new Failure('state-dir-unusable', `${file} cannot be written: ${systemMessage(error)}`, {
      cause: error,
    })
  } finally {
    closeSync(descriptor)
  }
}

function opened(file: string): number {
  try {
    return openSync(file, 'wx', 0o600)
  } catch (error) {
    if (errnoOf(error) === 'EEXIST')
      throw new Failure('busy', `${file} was made by another freeze just now`, { cause: error })
    throw new Failure('state-dir-unusable', `${file} cannot be made: ${systemMessage(error)}`, {
      cause: error,
    })
  }
}

/** What was read is worth less than that the file is removed. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}

function removeIf(file: string, text: string | null): void {
  if (text !== null && read(file) === text) rmSync(file, { force: true })
}
