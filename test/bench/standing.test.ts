import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { withDir } from 'tmp-promise'
import { standReady } from './standing.ts'

const inFolder = (use: (folder: string) => Promise<void>) =>
  withDir(({ path }) => use(path), { unsafeCleanup: true })

test('a program that stands ready does nothing before the word, and all of it after', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'done')
    await using standing = await standReady('touch', [file])
    assert.equal(existsSync(file), false)
    await standing.go()
    assert.equal(existsSync(file), true)
  })
})

test('one that never hears the word ends without having done anything', async () => {
  await inFolder(async (folder) => {
    const file = join(folder, 'done')
    const standing = await standReady('touch', [file])
    await standing[Symbol.asyncDispose]()
    assert.equal(existsSync(file), false)
  })
})

test('a program that fails is told with its arguments', async () => {
  await using standing = await standReady('false', ['for', 'sure'])
  await assert.rejects(standing.go(), /^Error: false for sure ended with 1$/)
})
