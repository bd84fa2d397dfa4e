import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { sha256Of } from '../../src/adapters/sha256.ts'
import { checksumsOf } from '../../src/bundle/checksum.ts'

const files = [
  { name: 'b.txt', mode: 0o644, content: 'b\n' },
  { name: 'a', mode: 0o755, content: 'é\n' },
]

describe('the checksums', () => {
  test('are what sha256sum prints', () => {
    const known = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
    assert.equal(sha256Of(''), known)
  })

  test('stand in the order of names, whatever order the files come in', () => {
    assert.equal(checksumsOf(files), checksumsOf(files.toReversed()))
  })

  test('are verified by sha256sum -c, which sees a changed file', async () => {
    await withDir(
      async ({ path }) => {
        for (const { name, content } of files) writeFileSync(join(path, name), content)
        writeFileSync(join(path, 'SHA256SUMS'), checksumsOf(files))
        const verify = () =>
          spawnSync('sha256sum', ['-c', '--strict', 'SHA256SUMS'], { cwd: path, encoding: 'utf8' })

        assert.deepEqual([verify().status, verify().stdout], [0, 'a: OK\nb.txt: OK\n'])
        writeFileSync(join(path, 'a'), 'e\n')
        assert.equal(verify().status, 1)
      },
      { unsafeCleanup: true },
    )
  })
})
