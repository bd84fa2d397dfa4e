import { appendFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { tool } from '../servers/tool.ts'
import type { Lab } from '../support/lab.ts'
import type { Fault, Place } from './fault.ts'

/** Real file systems, for a process that has a mount table of its own. */
export const byFileSystem = {
  'the state directory is full': full((lab) => lab.stateDir),
  'the state directory is read-only': readOnly((lab) => lab.stateDir),
  'record-dir is full': full((lab) => lab.recordDir),
  'record-dir is read-only': readOnly((lab) => lab.recordDir),
} as const satisfies Record<string, Fault>

type FolderOf = (lab: Lab) => string

function full(folderOf: FolderOf): Fault {
  const fill = ({ lab }: Place) => join(folderOf(lab), 'fill')
  let filling: NodeJS.Timeout | undefined
  return {
    prepare: ({ lab }) => mounted(folderOf(lab)),
    inject: async (place) => {
      fillUp(fill(place))
      // What others remove meanwhile leaves no room either.
      filling = setInterval(() => fillUp(fill(place)), 5)
    },
    goesOn: true,
    heal: {
      when: 'the thaw has ended',
      how: async (place) => {
        clearInterval(filling)
        await writeFile(fill(place), '')
      },
    },
    check: async (place) => void (await tool('rm', [fill(place)])),
  }
}

function readOnly(folderOf: FolderOf): Fault {
  return {
    settings: { 'hold-at-most': '3s' },
    prepare: ({ lab }) => mounted(folderOf(lab)),
    inject: async ({ lab }) => void (await tool('mount', ['-o', 'remount,ro', folderOf(lab)])),
    goesOn: true,
    heal: {
      when: 'the thaw has ended',
      how: async ({ lab }) => void (await tool('mount', ['-o', 'remount,rw', folderOf(lab)])),
    },
  }
}

/** A small tmpfs over the folder, which the lab empties and the end of this process unmounts. */
async function mounted(folder: string): Promise<AsyncDisposable> {
  await mkdir(folder, { recursive: true })
  await tool('mount', ['-t', 'tmpfs', '-o', 'size=128k,mode=0700', 'none', folder])
  return { [Symbol.asyncDispose]: async () => void (await tool('umount', ['--lazy', folder])) }
}

/** Page by page, for a write of more takes nothing of a room that is smaller. */
function fillUp(file: string): void {
  try {
    for (let pages = 0; pages < 64; pages++) appendFileSync(file, Buffer.alloc(4096))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
}
