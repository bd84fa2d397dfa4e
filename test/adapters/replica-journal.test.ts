import assert from 'node:assert/strict'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { replicaJournalIn } from '../../src/adapters/replica-journal.ts'
import { Failure } from '../../src/core/failure.ts'
import type { StoppedThreads } from '../../src/core/stopped-threads.ts'

const stopped: StoppedThreads = {
  run: '20261120T144600-abcd',
  locker: { pid: 42, startTime: 4711 },
  servers: [{ where: '/run/mysqld/mysqld.sock', channels: ['', 'eu'] }],
}

describe('the journal of stopped SQL threads', () => {
  const inFolder = (title: string, work: (folder: string) => Promise<void>): void => {
    void test(title, () => withDir(({ path }) => work(path), { unsafeCleanup: true }))
  }

  inFolder('is read back by whoever comes', async (folder) => {
    replicaJournalIn(folder).write(stopped)
    assert.deepEqual(replicaJournalIn(folder).read(), stopped)
    assert.equal((await stat(join(folder, 'replica.json'))).mode & 0o777, 0o600)
  })

  inFolder('is written whole, over the one before', async (folder) => {
    const journal = replicaJournalIn(folder)
    journal.write(stopped)
    journal.write({ ...stopped, run: 'the next' })
    assert.deepEqual(await readdir(folder), ['replica.json'])
    assert.match(await readFile(join(folder, 'replica.json'), 'utf8'), /"run": "the next"/)
  })

  inFolder('is null where there is none', async (folder) => {
    assert.equal(replicaJournalIn(folder).read(), null)
  })

  for (const text of [
    '',
    '{',
    '{}',
    '{"run": "r", "locker": {"pid": 1, "startTime": 2}, "servers": [{"where": "s"}]}',
  ])
    inFolder(`is unreadable where it holds ${text || 'nothing'}`, async (folder) => {
      await writeFile(join(folder, 'replica.json'), text)
      assert.equal(replicaJournalIn(folder).read(), 'unreadable')
    })

  inFolder('leaves nothing behind once it is forgotten, twice too', async (folder) => {
    const journal = replicaJournalIn(folder)
    journal.write(stopped)
    await writeFile(join(folder, 'replica.json.new'), 'of a writer that was killed')
    journal.forget()
    journal.forget()
    assert.deepEqual(await readdir(folder), [])
  })

  inFolder('names the file that cannot be written', async (folder) => {
    const nowhere = join(folder, 'missing')
    assert.throws(
      () => replicaJournalIn(nowhere).write(stopped),
      (error) =>
        error instanceof Failure &&
        error.code === 'state-dir-unusable' &&
        /replica\.json/.test(error.message),
    )
  })
})
