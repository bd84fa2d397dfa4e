import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { dir } from 'tmp-promise'
import {
  isUndecided,
  monotonic,
  newBoard,
  spansOf,
  watchEagerly,
} from '../../src/adapters/disk-watch/board.ts'
import { probeOf } from '../../src/adapters/disk-watch/probe-file.ts'
import { watchFileSystems } from '../../src/adapters/disk-watch/watch.ts'
import { until } from '../support/until.ts'

const program = [
  '--import',
  import.meta.resolve('tsx'),
  join(import.meta.dirname, '../support/watcher-process.ts'),
]
const on = (path: string) => ({ device: 1, path, name: path, type: 'ext4' })

async function folder() {
  const { path, cleanup } = await dir({ unsafeCleanup: true })
  return { path, [Symbol.asyncDispose]: cleanup }
}

describe('a watcher', () => {
  test('says why it cannot watch a folder, and watches the others', async () => {
    await using place = await folder()
    writeFileSync(join(place.path, 'file'), '')
    using watch = watchFileSystems([on(place.path), on(join(place.path, 'file'))], {
      program,
      within: 60_000,
    })
    const [one, other] = await watch.seen()
    assert.deepEqual([one?.notWatched, one?.stoodStill], [null, []])
    assert.match(other?.notWatched ?? '', /file cannot be probed: /)
  })

  test('changes nothing of what it watches: neither the files nor their times, and makes none', async () => {
    await using place = await folder()
    const file = join(place.path, 'ibdata1')
    writeFileSync(file, 'of a server')
    const before = [statSync(file, { bigint: true }), statSync(place.path, { bigint: true })]
    using watch = watchFileSystems([on(place.path)], { program, within: 60_000 })
    watch.beEager()
    await watch.seen()
    await watch.seen()
    const after = [statSync(file, { bigint: true }), statSync(place.path, { bigint: true })]
    assert.deepEqual(after, before)
    assert.equal(readFileSync(file, 'utf8'), 'of a server')
  })

  test('says that it ended where it did', async () => {
    await using place = await folder()
    using watch = watchFileSystems([on(place.path)], { program, within: 1 })
    const ended = async () => (await watch.seen())[0]?.notWatched === 'the watcher ended with SIGKILL'
    await until('the end of the watcher', ended)
  })

  test('says that it could not be started', async () => {
    using watch = watchFileSystems([on('/')], { program: ['/no/such/program'], within: 1000 })
    const [seen] = await watch.seen()
    assert.equal(seen?.notWatched, 'the watcher ended with exit code 1')
  })
})

describe('a file system is probed', () => {
  test('through a file of the server that hardly anybody writes', async () => {
    await using place = await folder()
    writeFileSync(join(place.path, 'ibdata1'), '')
    assert.ok('descriptor' in Object(probeOf(place.path)))
  })

  test('by a name that does not exist, where there is none', async () => {
    await using place = await folder()
    assert.deepEqual(probeOf(place.path), { path: join(place.path, '.mysql-quiesce-probe') })
  })

  test('not at all where what has that name cannot be removed', async () => {
    await using place = await folder()
    mkdirSync(join(place.path, '.mysql-quiesce-probe'))
    const probe = probeOf(place.path)
    assert.match(typeof probe === 'string' ? probe : '', /cannot be probed: /)
  })
})

describe('what the threads have seen', () => {
  test('is the last standstills, the oldest first', () => {
    const board = newBoard(2)
    for (let index = 0; index < 20; index++) {
      const at = (16 + (index % 16)) * 2
      board.times[at] = index
      board.times[at + 1] = index + 0.5
      board.seen[1]! += 1
    }
    const spans = spansOf(board, 1, 100)
    assert.deepEqual(
      [spans.length, spans[0], spans.at(-1)],
      [16, { from: 4, until: 4.5 }, { from: 19, until: 19.5 }],
    )
    assert.deepEqual(spansOf(board, 0, 100), [])
  })

  test('is a standstill that goes on, once that is sure', () => {
    const board = newBoard(1)
    board.busy[0] = 1
    board.began[0] = 1000
    assert.ok(isUndecided(board, 0, 1050))
    assert.deepEqual(spansOf(board, 0, 1050), [])
    assert.ok(!isUndecided(board, 0, 1200))
    assert.deepEqual(spansOf(board, 0, 1200), [{ from: 1000, until: null }])
  })

  test('is forgotten when it begins to count', () => {
    const board = newBoard(1)
    board.seen[0] = 3
    watchEagerly(board)
    assert.deepEqual(spansOf(board, 0, monotonic()), [])
  })
})
