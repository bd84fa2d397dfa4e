import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { formatLicences, licenceOf, packagesOf } from '../../src/bundle/licences.ts'
import { writeTree } from '../support/source-tree.ts'

describe('the packages inside', () => {
  test('are named once each, in order, scopes and packages within packages too', () => {
    const inside = [
      'src/bin/locktables.ts',
      'node_modules/pino/pino.js',
      'node_modules/pino/lib/proto.js',
      'node_modules/@pinojs/redact/index.js',
      'node_modules/mysql2/node_modules/long/umd/index.js',
    ]
    assert.deepEqual(packagesOf(inside), [
      'node_modules/@pinojs/redact',
      'node_modules/mysql2/node_modules/long',
      'node_modules/pino',
    ])
  })
})

describe('a licence', () => {
  const manifest = { name: 'a', version: '1.0.0' }

  for (const [what, files, expected] of [
    [
      'is read with its notice',
      {
        'package.json': { license: 'MIT', author: 'Ada' },
        LICENSE: 'Terms\r\nhere\n',
        'NOTICE.md': 'Notice\n',
      },
      { terms: 'MIT', author: 'Ada', text: 'Terms\nhere\n\nNotice' },
    ],
    [
      'is found under any spelling',
      { 'package.json': { license: 'MIT', author: { name: 'Ada' } }, 'license.txt': 'Terms' },
      { terms: 'MIT', author: 'Ada', text: 'Terms' },
    ],
    ['may be named only', { 'package.json': { license: 'MIT' } }, { terms: 'MIT', author: '', text: '' }],
    [
      'may be a file only',
      { 'package.json': {}, COPYING: 'Terms' },
      { terms: 'see below', author: '', text: 'Terms' },
    ],
  ] as const) {
    test(what, async () => {
      await withPackage(files, async (folder) => {
        assert.deepEqual(await licenceOf(folder), { name: 'a', version: '1.0.0', ...expected })
      })
    })
  }

  test('has to be there: a package without any cannot be shipped', async () => {
    await withPackage({ 'package.json': {} }, async (folder) => {
      await assert.rejects(licenceOf(folder), {
        code: 'build-failed',
        message: /^a 1\.0\.0 is inside.* no licence$/,
      })
    })
  })

  test('is printed with its terms, its author and its text', () => {
    const licence = { ...manifest, terms: 'MIT', author: 'Ada', text: 'Terms' }
    assert.match(formatLicences([licence]), /\n-{80}\n\na 1\.0\.0 \(MIT, by Ada\)\n\nTerms\n$/)
    assert.match(formatLicences([{ ...licence, author: '', text: '' }]), /\na 1\.0\.0 \(MIT\)\n$/)
  })

  async function withPackage(
    files: Readonly<Record<string, string | object>>,
    use: (folder: string) => Promise<void>,
  ): Promise<void> {
    const text = (content: string | object) =>
      typeof content === 'string' ? content : JSON.stringify({ ...manifest, ...content })
    const texts = Object.fromEntries(Object.entries(files).map(([name, content]) => [name, text(content)]))
    await withDir(
      async ({ path }) => {
        writeTree(join(path, 'a'), texts)
        await use(join(path, 'a'))
      },
      { unsafeCleanup: true },
    )
  }
})
