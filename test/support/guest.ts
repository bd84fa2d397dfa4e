import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { dir as temporaryDir } from 'tmp-promise'
import type { ServerName } from '../servers/catalog.ts'
import { type Server, startServer, type StartRequest } from '../servers/start.ts'
import { account, accountWith } from './accounts.ts'
import { type Lab, openLab } from './lab.ts'
import { until } from './until.ts'
import { type Writer, writerAt } from './writer.ts'

/** What a scenario plays with: a real server, its judge, and the product in folders of its own. */
export interface Scene {
  readonly lab: Lab
  readonly writer: Writer
  readonly server: Server
}

/** `skip` says why this machine, or this user, cannot play it. */
export interface Needs {
  readonly skip?: string | false
}

export interface Guest {
  /** One test. At its end nobody is left, on the machine or on the server, and the judge writes at once. */
  readonly scenario: (title: string, play: (scene: Scene) => Promise<void>, needs?: Needs) => void
  /** Stops the server, if it runs, and starts it again on the same data. */
  readonly restart: () => Promise<void>
}

export interface GuestRequest extends Pick<StartRequest, 'options' | 'port' | 'engines'> {
  /** Statements that give the product's account more than its documented privileges, and whatever else. */
  readonly grants?: readonly string[]
}

/** Milliseconds for one scenario: the longest takes a tenth. */
const timeout = 60_000

/** A real server for all scenarios of this file, or of this `describe`: its global lock allows no second party. */
export function guestOn(name: ServerName, how: GuestRequest = {}): Guest {
  let folder: Awaited<ReturnType<typeof temporaryDir>>
  let server: Server | undefined
  let writer: Writer

  before(async () => {
    folder = await temporaryDir({ unsafeCleanup: true })
    await restart()
    const { grants = [] } = how
    for (const statement of [...accountWith(account), ...grants]) await writer.ask(statement)
  })
  after(async () => {
    await server?.stop()
    await folder.cleanup()
  })
  return { scenario, restart }

  function scenario(title: string, play: (scene: Scene) => Promise<void>, needs: Needs = {}): void {
    test(title, { timeout, ...needs }, async () => {
      assert.ok(server)
      await using lab = await openLab(server.socket)
      await play({ lab, writer, server })
      await lab.isLeftClean()
      await until('no session is left', async () => (await writer.sessionsOf(account.user)).length === 0)
      await writer.writesAtOnce()
    })
  }

  async function restart(): Promise<void> {
    await server?.stop()
    server = await startServer({ ...how, name, dir: folder.path })
    writer = await writerAt(server.socket)
  }
}
