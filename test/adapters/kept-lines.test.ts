import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { collectLog, keptIn, type KeptLines } from '../../src/adapters/kept-lines.ts'

describe('the lines of a locktables that is gone', () => {
  test('are put to those of the scripts, once', async () => {
    await inFolder((kept) => {
      writeFileSync(kept.all, '{"msg":"one"}\n')
      writeFileSync(kept.locker, '{"msg":"two"}\n')
      collectLog(kept)
      collectLog(kept)
      assert.equal(readFileSync(kept.all, 'utf8'), '{"msg":"one"}\n{"msg":"two"}\n')
      assert.equal(existsSync(kept.locker), false)
    })
  })

  test('are JSON lines then, whatever Node itself said when it died', async () => {
    await inFolder((kept) => {
      writeFileSync(kept.locker, 'FATAL ERROR: heap out of memory\n\n')
      collectLog(kept)
      const { level, script, msg } = Object(JSON.parse(readFileSync(kept.all, 'utf8')))
      assert.deepEqual([level, script, msg], [50, 'locktables', 'FATAL ERROR: heap out of memory'])
    })
  })

  test('are taken by the next one, where who had taken them was killed meanwhile', async () => {
    await inFolder((kept, folder) => {
      writeFileSync(`${kept.locker}.99999999`, '{"msg":"one"}\n')
      writeFileSync(`${kept.locker}.1`, '{"msg":"of one who is at it"}\n')
      collectLog(kept)
      assert.equal(readFileSync(kept.all, 'utf8'), '{"msg":"one"}\n')
      assert.deepEqual(readdirSync(folder).toSorted(), ['kept.log', 'locktables.log.1'])
    })
  })

  test('leave nothing where it said nothing', async () => {
    await inFolder((kept, folder) => {
      writeFileSync(kept.locker, '')
      collectLog(kept)
      assert.deepEqual(readdirSync(folder), [])
    })
  })

  test('stay where they cannot be put to the others', async () => {
    await inFolder((kept) => {
      mkdirSync(kept.all)
      writeFileSync(kept.locker, '{"msg":"one"}\n')
      collectLog(kept)
      rmdirSync(kept.all)
      assert.equal(readFileSync(kept.locker, 'utf8'), '{"msg":"one"}\n')
    })
  })
})

async function inFolder(play: (kept: KeptLines, folder: string) => void): Promise<void> {
  await withDir(async ({ path }) => play(keptIn(path), path), { unsafeCleanup: true })
}
