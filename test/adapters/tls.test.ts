import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { tlsOptions } from '../../src/adapters/tls.ts'

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
      const [ca, cert, key] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) => join(folder, name))
      assert.ok(ca && cert && key)
      for (const file of [ca, cert, key]) writeFileSync(file, `the text of ${file}`)
      assert.deepEqual(tlsOptions({ mode: 'VERIFY_CA', ca, cert, key }), {
        ca: [`the text of ${ca}`],
        cert: `the text of ${cert}`,
        key: `the text of ${key}`,
        rejectUnauthorized: true,
        verifyIdentity: false,
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

async function inFolder(play: (folder: string) => void): Promise<void> {
  await withDir(async ({ path }) => play(path), { unsafeCleanup: true })
}
