import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import * as fc from 'fast-check'
import { dir, type DirectoryResult } from 'tmp-promise'
import { fetchServer } from '../servers/fetch.ts'
import { anyOptionFile, anyOptionFolder } from '../support/any-option-file.ts'
import { printOurs, printTheirs, refused } from '../support/print-defaults.ts'

const seed = 20_130_826
let temporary: DirectoryResult
const programs = { mysql: '', mariadb: '' }

before(async () => {
  temporary = await dir({ unsafeCleanup: true })
  programs.mysql = join((await fetchServer('mysql-9.7')).folder, 'bin/my_print_defaults')
  programs.mariadb = join((await fetchServer('mariadb-10.11')).folder, 'bin/my_print_defaults')
})

after(() => temporary.cleanup())

type Files = Readonly<Record<string, string>>
const ours = (files: Files): string => printOurs(join(temporary.path, 'files'), files)
const theirs = (server: keyof typeof programs): Promise<string> =>
  printTheirs(join(temporary.path, 'files'), programs[server])

async function sameAsBoth(files: Files): Promise<void> {
  const printed = ours(files)
  const [mysql, mariadb] = await Promise.all([theirs('mysql'), theirs('mariadb')])
  assert.deepEqual({ mysql, mariadb }, { mysql: printed, mariadb: printed })
}

describe('an option file is read as my_print_defaults of MySQL 9.7 and of MariaDB 10.11 reads it', () => {
  test(`in 400 files of every syntax, made from seed ${seed}`, async () => {
    await fc.assert(
      fc.asyncProperty(anyOptionFile(), (text) => sameAsBoth({ 'main.cnf': text })),
      { seed, numRuns: 400 },
    )
  })

  test(`in 100 folders of files that include each other, made from seed ${seed}`, async () => {
    await fc.assert(fc.asyncProperty(anyOptionFolder(), sameAsBoth), { seed, numRuns: 100 })
  })

  for (const [what, text] of [
    ['nothing at all', ''],
    ['a group alone', '[client]'],
    ['a group without ]', '[client]\na\n[client\nb\n'],
    ['an option before a group', '\na=1\n[client]\nb\n'],
    ['a byte order mark', '\uFEFF[client]\na\n'],
    ['a byte order mark before a comment', '\uFEFF# a\n[client]\nb\n'],
    ['carriage returns alone', '[client]\ra=1\rb=2\r'],
    ['a carriage return in a value', '[client]\na=1\rb=2\r\n'],
    ['a value without a name', '[client]\n=v\n'],
    ['an include of nothing', '[client]\na\n!include\n'],
    ['a folder of nothing', '[client]\na\n!includedir   \n'],
    ['a folder that is not there', '[client]\na\n!includedir no\n'],
    ['directives that are none', '[client]\n!foo\n!includex b\n![x]\n!INCLUDE b\n!\na\n'],
  ] as const) {
    test(`in ${what}`, async () => {
      await sameAsBoth({ 'main.cnf': text })
    })
  }

  test('in a folder: the same files, in the same order', async () => {
    const names = [
      'b.cnf',
      'a.cnf',
      'B.cnf',
      '.h.cnf',
      'c.d.cnf',
      'e.ini',
      'f.cnf~',
      'g.CNF',
      '10.cnf',
      '9.cnf',
      'é.cnf',
    ]
    const inside = names.map((name) => [`d/${name}`, `[client]\n${name}\n`])
    await sameAsBoth({
      'main.cnf': '[client]\n!includedir d\nlast\n',
      'd/folder.cnf/x.cnf': '[client]\nx\n',
      ...Object.fromEntries(inside),
    })
  })
})

describe('where the two differ, an option file is read as by MySQL 9.7', () => {
  const included = '[client]\nb\n'
  for (const [what, files, mariadb] of [
    [
      'a comment after an include',
      { 'main.cnf': '[client]\na\n!include b.cnf # c\n', 'b.cnf': included },
      '--a\n',
    ],
    [
      'an include in a last line without end',
      { 'main.cnf': '[client]\na\n!include b.cnf', 'b.cnf': included },
      '--a\n',
    ],
    [
      'a line of more than 4094 bytes',
      { 'main.cnf': `[client]\na=${'x'.repeat(4092)}yz\n` },
      `--a=${'x'.repeat(4092)}\n--yz\n`,
    ],
  ] as const) {
    test(what, async () => {
      assert.equal(ours(files), await theirs('mysql'))
      assert.equal(await theirs('mariadb'), mariadb)
    })
  }
})

describe('where both do worse, an option file is not read as they read it', () => {
  for (const [what, files, better, worse] of [
    ['half of an à at the end is no space', { 'main.cnf': '[client]\na=à\n' }, '--a=à\n', '--a=\uFFFD\n'],
    ['an indented = has no name', { 'main.cnf': '[client]\n =v\n' }, '--=v\n', '--=v\n=v\n'],
    [
      'an include that is not there is an error',
      { 'main.cnf': '[client]\na\n!include no.cnf\n' },
      refused,
      '--a\n',
    ],
    [
      'an error in an included file is an error',
      { 'main.cnf': '[client]\na\n!include b.cnf\nc\n', 'b.cnf': 'b\n' },
      refused,
      '--a\n--c\n',
    ],
  ] as const) {
    test(what, async () => {
      assert.equal(ours(files), better)
      assert.equal(await theirs('mysql'), worse)
      assert.equal(await theirs('mariadb'), worse)
    })
  }
})
