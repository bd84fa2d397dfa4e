import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { tlsOptions } from '../../src/adapters/tls.ts'
import type { Tls } from '../../src/core/connection.ts'
import { newAuthority } from '../support/certificate.ts'

const authority = newAuthority()
const server = authority.signs('localhost')

describe('TLS', () => {
  for (const [mode, rejectUnauthorized, verifyIdentity] of [
    ['PREFERRED', false, false],
    ['REQUIRED', false, false],
    ['VERIFY_CA', true, false],
    ['VERIFY_IDENTITY', true, true],
  ] as const)
    test(`of mode ${mode} verifies ${rejectUnauthorized ? 'the authority' : 'nobody'}${verifyIdentity ? ' and the host' : ''}`, () => {
      assert.deepEqual(tlsOptions({ mode }), { rejectUnauthorized, verifyIdentity })
    })

  test('of mode DISABLED is none, whatever files are named', () => {
    assert.equal(tlsOptions({ mode: 'DISABLED', ca: '/nonexistent' }), undefined)
  })

  test('takes authority, certificate and key from their files', async () => {
    await inFolder((folder) => {
      const texts = { ca: authority.cert, cert: server.cert, key: server.key }
      assert.deepEqual(tlsOptions({ mode: 'VERIFY_CA', ...filesIn(folder, texts) }), {
        ca: [texts.ca],
        cert: texts.cert,
        key: texts.key,
        rejectUnauthorized: true,
        verifyIdentity: false,
      })
    })
  })

  test('takes a certificate that is told in words first', async () => {
    await inFolder((folder) => {
      const told = `Certificate:\n    Data: of the server\n${server.cert}`
      assert.equal(tlsOptions({ mode: 'REQUIRED', ...filesIn(folder, { cert: told }) })?.cert, told)
    })
  })

  for (const [setting, name, texts, holds] of [
    ['ssl-ca', 'ca', { ca: 'garbage' }, 'no certificate'],
    ['ssl-cert', 'cert', { cert: 'garbage' }, 'no certificate'],
    ['ssl-cert', 'cert', { cert: '' }, 'no certificate: '],
    ['ssl-key', 'key', { key: 'garbage' }, 'no private key'],
    ['ssl-key', 'key', { cert: server.cert, key: authority.key }, 'another key than that of ssl-cert'],
  ] as const)
    test(`with a file of ${setting} that holds ${holds} fails by the names of both`, async () => {
      await inFolder((folder) => {
        assert.throws(() => tlsOptions({ mode: 'VERIFY_CA', ...filesIn(folder, texts) }), {
          code: 'bad-setting',
          message: new RegExp(`^${setting} ${join(folder, name)}\\.pem holds ${holds}`),
        })
      })
    })

  test('takes every authority of a folder, by the usual names', async () => {
    await inFolder((folder) => {
      for (const name of ['b.pem', 'a.crt', '5ed36f99.0', 'README', 'key.txt'])
        writeFileSync(join(folder, name), name)
      const { ca } = tlsOptions({ mode: 'VERIFY_CA', capath: folder }) ?? {}
      assert.deepEqual(ca, ['5ed36f99.0', 'a.crt', 'b.pem'])
    })
  })

  for (const [setting, tls] of [
    ['ssl-ca', { ca: '/nonexistent/x' }],
    ['ssl-capath', { capath: '/nonexistent/x' }],
    ['ssl-cert', { cert: '/nonexistent/x' }],
    ['ssl-key', { key: '/nonexistent/x' }],
  ] as const)
    test(`with ${setting} that cannot be read fails by the name of the setting`, () => {
      assert.throws(() => tlsOptions({ mode: 'VERIFY_CA', ...tls }), {
        code: 'option-file-unreadable',
        message: `${setting} /nonexistent/x cannot be read: no such file or directory (ENOENT)`,
      })
    })

  test('does not pass over a folder that is named as an authority is', async () => {
    await inFolder((folder) => {
      mkdirSync(join(folder, 'old.pem'))
      writeFileSync(join(folder, 'a.pem'), 'a')
      assert.throws(() => tlsOptions({ mode: 'VERIFY_CA', capath: folder }), {
        code: 'option-file-unreadable',
      })
    })
  })
})

/** Writes these texts; the paths of the files. */
function filesIn(folder: string, texts: Pick<Tls, 'ca' | 'cert' | 'key'>): Pick<Tls, 'ca' | 'cert' | 'key'> {
  const paths = Object.entries(texts).map(([name, text]) => {
    const path = join(folder, `${name}.pem`)
    writeFileSync(path, text)
    return [name, path] as const
  })
  return Object.fromEntries(paths)
}

async function inFolder(play: (folder: string) => void): Promise<void> {
  await withDir(async ({ path }) => play(path), { unsafeCleanup: true })
}
