import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { connect } from '../../src/adapters/mysql.ts'
import { newAuthority } from '../support/certificate.ts'
import { greetingServer } from '../support/greeting-server.ts'

const authority = newAuthority()
const four = [127, 0, 0, 1]

/** The server refuses everybody, so an account that is refused is one whose name it has heard. */
describe('with ssl-mode VERIFY_IDENTITY', () => {
  for (const [host, title, names] of [
    ['127.0.0.1', 'that address', [four]],
    ['127.0.0.1', 'that address and a name', ['db.example', four]],
    ['localhost', 'that name', ['localhost']],
  ] as const)
    test(`a server at ${host} hears the account when its certificate is for ${title}`, async () => {
      const { said, failure } = await logInAt(host, names)
      assert.match(said, /an_account/)
      assert.match(failure, /Access denied/)
    })

  for (const [host, title, names] of [
    ['127.0.0.1', 'localhost', ['localhost']],
    ['127.0.0.1', 'another address', [[127, 0, 0, 2]]],
    ['127.0.0.1', 'a name that is written as the address', ['127.0.0.1']],
    ['127.0.0.1', 'nothing', []],
    ['localhost', 'an address', [four]],
  ] as const)
    test(`a server at ${host} hears nothing when its certificate is for ${title}`, async () => {
      const { said, failure } = await logInAt(host, names)
      assert.equal(said, '')
      assert.match(failure, new RegExp(`Hostname/IP does not match certificate's altnames: .*${host}`))
    })

  test('a server at an address hears nothing when nobody that is trusted has signed its certificate', async () => {
    const { said, failure } = await logInAt('127.0.0.1', [four], newAuthority())
    assert.equal(said, '')
    assert.match(failure, /certificate/)
  })
})

/** What such a server hears of an account that logs in, and how that fails. */
async function logInAt(
  host: string,
  names: readonly (string | readonly number[])[],
  trusted = authority,
): Promise<{ readonly said: string; readonly failure: string }> {
  return await withDir(
    async ({ path }) => {
      const ca = join(path, 'ca.pem')
      writeFileSync(ca, trusted.cert)
      await using server = await greetingServer(authority.signs(...names), host)
      const [said, failure] = await Promise.all([
        server.nextIsHeard(),
        connect({
          user: 'an_account',
          password: 'p',
          connectTimeout: 5000,
          transport: { kind: 'tcp', host, port: server.port },
          tls: { mode: 'VERIFY_IDENTITY', ca },
        }).catch((error: unknown) => error),
      ])
      assert.ok(failure instanceof Error)
      return { said, failure: failure.message }
    },
    { unsafeCleanup: true },
  )
}
