import assert from 'node:assert/strict'
import { cp, mkdir, readlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe } from 'node:test'
import { succeeds } from '../support/expect.ts'
import { guestOn } from '../support/guest.ts'
import type { Lab } from '../support/lab.ts'
import { type ScriptName, shipped, start } from '../support/scripts.ts'
import { nodeMajors } from './catalog.ts'
import { fetchNode } from './fetch.ts'

describe('the shipped files', () => {
  const { scenario } = guestOn('mariadb-10.11')
  for (const major of nodeMajors)
    scenario(`freeze and thaw on Node.js ${major}`, async ({ lab, writer }) => {
      const node = await fetchNode(major, () => {})
      const folder = await bundleWith(node, lab)
      const run = async (name: ScriptName, word: string) =>
        await start(join(folder, name), [word], { env: lab.env }).ended
      succeeds(await run('pre-freeze-script', 'freeze'), /^frozen at /)
      const { pid = 0 } = (await lab.hold())?.locker ?? {}
      assert.equal(await readlink(`/proc/${pid}/exe`), node)
      const { written } = await writer.isKeptWaiting()
      succeeds(await run('post-thaw-script', 'thaw'), /^thawed after .*, the snapshot is consistent$/m)
      await written
    })
})

/** A copy of what is shipped, for this Node.js. */
async function bundleWith(node: string, { folder }: Lab): Promise<string> {
  const copy = join(folder, 'bundle')
  await mkdir(copy)
  await cp(dirname(shipped('pre-freeze-script')), copy, { recursive: true })
  await writeFile(join(copy, 'node-path'), `${node}\n`)
  return copy
}
