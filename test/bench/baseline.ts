import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dialectOf } from '../../src/core/dialect.ts'
import type { Server } from '../servers/start.ts'
import { callAsAgent } from './agent.ts'
import type { Place } from './place.ts'
import { inSession } from './processes.ts'
import type { Subject } from './subject.ts'

const scripts = fileURLToPath(new URL('baseline', import.meta.url))

/** The procedure of 2013, called as an agent does. */
export function baseline({ server, place }: { readonly server: Server; readonly place: Place }): Subject {
  const env = {
    PATH: '/usr/bin:/bin',
    STATE: place.states.baseline,
    CLIENT: join(server.folder, 'bin/mysql'),
    DEFAULTS_FILE: place.defaultsFile,
    COORDINATES: dialectOf(server).coordinates,
  }
  let session = 0
  return {
    snapshot: 200,
    async prepare() {},
    async freeze() {
      const called = await callAsAgent({ file: join(scripts, 'pre-freeze-script'), word: 'freeze', env })
      session = called.pid
      return called
    },
    thaw: () => callAsAgent({ file: join(scripts, 'post-thaw-script'), word: 'thaw', env }),
    lockers: () => inSession(session),
  }
}
