import assert from 'node:assert/strict'
import type { Server } from '../../servers/start.ts'
import { succeeds } from '../expect.ts'
import type { Lab } from '../lab.ts'
import { contentOf } from './content.ts'
import type { Disk, Image } from './disk.ts'
import type { Expected } from './judge.ts'
import type { Rows } from './rows.ts'

export interface Scene {
  readonly lab: Lab
  readonly server: Server
  readonly rows: Rows
  /** All that the server has something on, and the record. */
  readonly disks: readonly Disk[]
}

/** What a disk snapshot between freeze and thaw has of each disk, in their order. */
export interface Photographs {
  readonly expected: Expected
  /** Nobody froze the file systems. */
  readonly unfrozen: readonly Image[]
  /** Taken after FIFREEZE of each, as VMware Tools and qemu-ga do. */
  readonly frozen: readonly Image[]
  /** The line that post-thaw-script said. */
  readonly said: string
}

/** The shipped pre-freeze-script, photographs of the disks, and the shipped post-thaw-script. */
export async function takePhotographs(scene: Scene): Promise<Photographs> {
  const { lab, server, rows, disks } = scene
  succeeds(await lab.freeze('freeze'), /^frozen at /)
  const acknowledged = rows.acknowledged()
  const unfrozen = await copiesOf(disks, 'unfrozen')
  const frozen = await copiesOfFrozen(disks)
  const hold = await lab.hold()
  const content = await contentOf(server)
  const { stdout } = await lab.thaw('thaw')
  const [held] = hold?.frozen?.servers ?? []
  assert.ok(hold && held)
  const expected: Expected = { run: hold.run, coordinates: held.coordinates, acknowledged, content }
  return { expected, unfrozen, frozen, said: stdout.trim() }
}

async function copiesOf(disks: readonly Disk[], name: string): Promise<Image[]> {
  const copies: Image[] = []
  for (const [index, disk] of disks.entries()) copies.push(await disk.copy(`${name}-${index}`))
  return copies
}

async function copiesOfFrozen(disks: readonly Disk[]): Promise<Image[]> {
  try {
    for (const disk of disks) await disk.freeze()
    return await copiesOf(disks, 'frozen')
  } finally {
    for (const disk of disks) await disk.thaw()
  }
}
