import assert from 'node:assert/strict'
import type { Guest } from './guest.ts'
import { judgeCopy } from './judge-copy.ts'
import { startLoad } from './load.ts'

/** What an agent does for a host: up to the moment the snapshot may be taken, and from then on. */
export interface Agent {
  freeze(): Promise<void>
  thaw(): Promise<void>
}

/**
 * A snapshot under load, with data, log and record on the disk that the agent freezes: throws unless the copy that
 * was taken meanwhile is what the verdict says.
 */
export async function proveSnapshot(guest: Guest, agent: Agent): Promise<void> {
  await using load = await startLoad(guest.server.socket)
  await agent.freeze()
  assert.equal(await guest.disk.isFrozen(), true)
  const { frozen } = (await guest.hold())!
  const [counted] = await guest.writer.ask('SELECT COUNT(*) AS n FROM ledger.booked')
  const image = await guest.disk.copy('copy')
  await agent.thaw()

  const copied = await judgeCopy(image)
  assert.equal(copied.rows, Number(counted?.['n']))
  assert.ok(copied.rows > 0 && copied.rows < load.written())
  assert.deepEqual(copied.coordinates, frozen?.servers[0]?.coordinates)
  const [run] = await guest.runs()
  assert.equal(run?.['verdict'], 'yes')
  assert.deepEqual(Object(run['servers'])[0].coordinates, copied.coordinates)
}
