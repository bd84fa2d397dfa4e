import assert from 'node:assert/strict'
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { makeDirectories, makeDirectoriesAside } from '../../src/adapters/make-directories.ts'

async function inFolder(use: (folder: string) => void): Promise<void> {
  await withDir(({ path }) => Promise.resolve(use(path)), { unsafeCleanup: true })
}

describe('a directory that has to be there', () => {
  test('is made with those above it, all of one mode, and the first is told', async () => {
    await inFolder((folder) => {
      const [outer, inner] = [join(folder, 'a'), join(folder, 'a/b/c')]
      assert.equal(makeDirectories(inner, 0o700), outer)
      assert.deepEqual(
        [outer, inner].map((path) => statSync(path).mode & 0o777),
        [0o700, 0o700],
      )
    })
  })

  test('is left as it is where it is there, also behind a link', async () => {
    await inFolder((folder) => {
      mkdirSync(join(folder, 'there'))
      symlinkSync('there', join(folder, 'link'))
      assert.deepEqual(
        [makeDirectories(folder), makeDirectories(join(folder, 'link'))],
        [undefined, undefined],
      )
      assert.equal(makeDirectories(join(folder, 'link/in')), join(folder, 'link/in'))
    })
  })

  test('cannot be made where a file is in the way', async () => {
    await inFolder((folder) => {
      writeFileSync(join(folder, 'file'), '')
      assert.throws(() => makeDirectories(join(folder, 'file')), { code: 'EEXIST' })
      assert.throws(() => makeDirectories(join(folder, 'file/in')), { code: 'ENOTDIR' })
    })
  })

  test('cannot be made where the system says that there is nothing: below /proc', () => {
    assert.throws(() => makeDirectories('/proc/none/of/it'), { code: /^(ENOENT|EACCES)$/ })
  })

  test('is made, or refused, in the same way without waiting for its disk', async () => {
    await withDir(
      async ({ path }) => {
        const [outer, inner] = [join(path, 'a'), join(path, 'a/b/c')]
        await makeDirectoriesAside(inner, 0o700)
        await makeDirectoriesAside(inner, 0o755)
        assert.deepEqual(
          [outer, inner].map((one) => statSync(one).mode & 0o777),
          [0o700, 0o700],
        )
        writeFileSync(join(path, 'file'), '')
        await assert.rejects(makeDirectoriesAside(join(path, 'file'), 0o700), { code: 'EEXIST' })
        await assert.rejects(makeDirectoriesAside(join(path, 'file/in'), 0o700), { code: 'ENOTDIR' })
        await assert.rejects(makeDirectoriesAside('/proc/none/of/it', 0o700), { code: /^(ENOENT|EACCES)$/ })
      },
      { unsafeCleanup: true },
    )
  })
})
