import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Failure } from '../../src/core/failure.ts'
import { allAllowed } from '../../src/quiesce/all-allowed.ts'

const missing = (name: string) => Promise.reject(new Failure('privilege-missing', `GRANT ${name}`))

describe('what needs privileges', () => {
  test('is fine where none is missing', async () => {
    await allAllowed([Promise.resolve(1), Promise.resolve()])
  })

  test('names all that are missing at once, each once', async () => {
    await assert.rejects(
      allAllowed([missing('RELOAD'), Promise.resolve(), missing('PROCESS'), missing('PROCESS')]),
      {
        code: 'privilege-missing',
        message: 'GRANT RELOAD; GRANT PROCESS',
      },
    )
  })

  test('fails for anything else first', async () => {
    const lost = new Failure('connection-lost', 'gone')
    await assert.rejects(allAllowed([missing('RELOAD'), Promise.reject(lost)]), lost)
  })
})
