/** npm run demo: see `usage` in call.ts. */
import { access } from 'node:fs/promises'
import { stopSignal } from '../../src/adapters/launcher.ts'
import { unlessAborted } from '../../src/quiesce/race.ts'
import { fetchServer } from '../servers/fetch.ts'
import { startServer } from '../servers/start.ts'
import { tool } from '../servers/tool.ts'
import { shipped } from '../support/scripts.ts'
import { enterOwnMounts } from '../support/photograph/own-mounts.ts'
import { agentIn } from './agent.ts'
import { type DemoCall, readCall, usage } from './call.ts'
import { leftOver } from './left-over.ts'
import { openPlace, writeSettings } from './place.ts'
import { succeeded } from './report.ts'
import { type Screen, screenFor } from './screen.ts'
import { account, createTables, optionsFor } from './tables.ts'
import { timed } from './take.ts'
import { causes } from './text.ts'
import { snapshotWithScripts } from './with-scripts.ts'
import { snapshotWithoutScripts } from './without-scripts.ts'
import { startWriters } from './writers.ts'

/** How many writers write side by side, and how many rows they have written before each snapshot. */
const load = { writers: 8, rows: 400 }

const notPhotographed = await enterOwnMounts()

process.exit(await run(process.argv.slice(2)))

async function run(argv: readonly string[]): Promise<number> {
  const call = read(argv)
  if (call === undefined) return 2
  if (call.what === 'help') {
    console.log(usage)
    return 0
  }
  const screen = screenFor(call)
  const stop = AbortSignal.any([stopSignal(), screen.gone])
  try {
    const { place, ...shown } = await demo(call, { screen, stop })
    const report = { ...shown, left: await leftOver([place.folder, place.stateDir]) }
    screen.result(report)
    return succeeded(report, call) ? 0 : 1
  } catch (error) {
    console.error(stop.aborted ? String(stop.reason) : `the demo failed: ${causes(error)}`)
    return stop.aborted ? 130 : 1
  }
}

/** The story. What it starts is gone when it is over, however it ends. */
async function demo(call: DemoCall, { screen, stop }: { screen: Screen; stop: AbortSignal }) {
  await assertBuilt()
  screen.heading('A private server')
  const progress = (line: string) => screen.fact('fetching', line)
  const fetched = await unlessAborted(fetchServer(call.server, { progress }), stop)
  await using place = await openPlace(call)
  const options = optionsFor(fetched)
  await using server = await startServer({ name: call.server, dir: place.dataDir, options })
  screen.fact('server', `${server.name}, version ${server.version}`)
  screen.fact('folder', place.folder)

  await createTables(server, place)
  await writeSettings(place, { user: account, socket: server.socket })
  screen.fact(
    'tables',
    'one of InnoDB, whose trigger writes each row into one of MyISAM with DELAY_KEY_WRITE',
  )
  // an ordinary server was started long ago: what is missing from a copy is to be what was written lately
  if (place.mounted) await tool('sync', ['-f', place.disk])
  await using writers = await startWriters(server.socket, load.writers)
  const { from, to } = await timed(() => writers.commit(load.rows, stop))
  screen.fact(
    'writers',
    `${load.writers} at once, ${Math.round((load.rows / (to - from)) * 1000)} commits/s, each numbering its rows`,
  )
  screen.fact('snapshot', howItIsTaken())
  await using agent = agentIn(place)
  const scene = { place, server, writers, agent, stop }

  screen.heading('A snapshot with the scripts')
  const withScripts = await snapshotWithScripts(scene)
  screen.take(withScripts)

  screen.heading('The same without them')
  await writers.commit(load.rows, stop)
  const withoutScripts = await snapshotWithoutScripts(scene)
  screen.take(withoutScripts)

  await writers.stop()
  return {
    place,
    server: { name: server.name, version: server.version },
    writers: load.writers,
    withScripts,
    withoutScripts,
  }
}

function howItIsTaken(): string {
  if (notPhotographed === undefined)
    return 'a photograph of the blocks of a disk of its own: what is only in memory is not in it'
  return `cp -a while the process of the server stands still: a copy of one moment, through memory, so it cannot show what is not on disk (${notPhotographed})`
}

async function assertBuilt(): Promise<void> {
  const script = shipped('pre-freeze-script')
  await access(script).catch((cause: unknown) => {
    throw new Error(`${script} is not there; npm run build makes it`, { cause })
  })
}

function read(argv: readonly string[]) {
  try {
    return readCall(argv)
  } catch (error) {
    console.error(`${causes(error)}\n\n${usage}`)
    return undefined
  }
}
