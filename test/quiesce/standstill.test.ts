import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Failure } from '../../src/core/failure.ts'
import { withStandstill } from '../../src/quiesce/standstill.ts'

const standing = (points: readonly string[]) => () => Promise.resolve(points)

describe('a freeze that failed', () => {
  test('names the file system that stands still, and the command that thaws it', async () => {
    const late = new Failure('freeze-timeout', 'no lock within 5s: connecting')
    const { code, message } = await withStandstill(late, standing(['/data']))
    assert.equal(code, 'freeze-timeout')
    assert.equal(
      message,
      'no lock within 5s: connecting; the file system /data stands still: fsfreeze -u /data',
    )
  })

  test('names all of them', async () => {
    const late = new Failure('lock-not-granted', 'no lock within 3s')
    const { message } = await withStandstill(late, standing(['/data', '/log']))
    assert.equal(
      message,
      'no lock within 3s; the file systems /data, /log stand still: fsfreeze -u /data; fsfreeze -u /log',
    )
  })

  test('stays as it is where none does', async () => {
    const late = new Failure('freeze-timeout', 'no lock within 5s')
    assert.equal(await withStandstill(late, standing([])), late)
  })

  test('looks at none where nothing was waited for', async () => {
    const refused = new Failure('access-denied', 'no')
    const looks = () => Promise.reject(new Error('looked'))
    assert.equal(await withStandstill(refused, looks), refused)
  })
})
