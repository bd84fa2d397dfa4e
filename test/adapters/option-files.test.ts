import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { readOptionFiles } from '../../src/adapters/option-files.ts'
import { asOrdinaryUser } from '../support/ordinary-user.ts'

const isRoot = process.geteuid!() === 0

describe('an option file', () => {
  test('is read with what it includes, each in its place, and tells which files that were', async () => {
    await inFolder((folder) => {
      write(folder, 'main.cnf', '[client]\nfirst\n!include other.cnf\n!includedir conf.d\nlast\n')
      write(folder, 'other.cnf', `[client]\nsecond\n!include ${folder}/deep/er.cnf\n`)
      write(folder, 'deep/er.cnf', '[client]\nthird\n!include sibling.cnf\n')
      write(folder, 'deep/sibling.cnf', '[mysql-quiesce]\nfourth\n')
      for (const name of [
        'b.cnf',
        'a.cnf',
        'B.cnf',
        '10.cnf',
        '9.cnf',
        '.h.cnf',
        'a.cnf~',
        'a.ini',
        'a.CNF',
      ]) {
        write(folder, `conf.d/${name}`, `[client]\n${name}\n`)
      }
      mkdirSync(join(folder, 'conf.d/folder.cnf'))
      const { options, files } = readOptionFiles(join(folder, 'main.cnf'))
      const sorted = ['.h.cnf', '10.cnf', '9.cnf', 'B.cnf', 'a.cnf', 'b.cnf']
      assert.deepEqual(
        options.map(({ name }) => name),
        ['first', 'second', 'third', 'fourth', ...sorted, 'last'],
      )
      assert.deepEqual(
        files.map((file) => file.slice(folder.length + 1)),
        [
          'main.cnf',
          'other.cnf',
          'deep/er.cnf',
          'deep/sibling.cnf',
          ...sorted.map((name) => `conf.d/${name}`),
        ],
      )
      assert.deepEqual(options[3], {
        kind: 'option',
        group: 'mysql-quiesce',
        name: 'fourth',
        value: null,
        line: 2,
        file: join(folder, 'deep/sibling.cnf'),
      })
    })
  })

  test('may be included twice, as long as it does not include itself', async () => {
    await inFolder((folder) => {
      write(folder, 'main.cnf', '!include a.cnf\n!include a.cnf\n')
      write(folder, 'a.cnf', '[client]\nx\n')
      assert.equal(readOptionFiles(join(folder, 'main.cnf')).options.length, 2)
    })
  })

  test('with a syntax error is refused with its own name and line, included or not', async () => {
    await inFolder((folder) => {
      write(folder, 'main.cnf', '[client]\n!include bad.cnf\n')
      write(folder, 'bad.cnf', '\n[client\n')
      refused(folder, 'main.cnf', 'bad-setting', "FOLDER/bad.cnf:2: the group '[client' has no ]")
    })
  })
})

describe('an option file that includes itself', () => {
  test('is refused with the chain of names', async () => {
    await inFolder((folder) => {
      write(folder, 'a.cnf', '[client]\n!include b.cnf\n')
      write(folder, 'b.cnf', '\n\n!includedir conf.d\n')
      mkdirSync(join(folder, 'conf.d'))
      symlinkSync('../a.cnf', join(folder, 'conf.d/link.cnf'))
      refused(
        folder,
        'a.cnf',
        'bad-setting',
        'FOLDER/b.cnf:3: the file includes itself: FOLDER/a.cnf -> FOLDER/b.cnf -> FOLDER/conf.d/link.cnf',
      )
    })
  })

  test('directly, is refused too', async () => {
    await inFolder((folder) => {
      write(folder, 'a.cnf', '!include ./a.cnf')
      refused(
        folder,
        'a.cnf',
        'bad-setting',
        'FOLDER/a.cnf:1: the file includes itself: FOLDER/a.cnf -> FOLDER/a.cnf',
      )
    })
  })

  test('not, but goes deeper than ten files, is refused as well; ten are read', async () => {
    await inFolder((folder) => {
      for (let depth = 0; depth <= 11; depth++)
        write(folder, `${depth}.cnf`, `[g]\nx\n!include ${depth + 1}.cnf\n`)
      write(folder, '11.cnf', '[g]\nx\n')
      assert.equal(readOptionFiles(join(folder, '1.cnf')).options.length, 11)
      assert.throws(() => readOptionFiles(join(folder, '0.cnf')), {
        code: 'bad-setting',
        message: /^.*\/10\.cnf:3: includes go deeper than 10: .*\/0\.cnf -> .* -> .*\/11\.cnf$/,
      })
    })
  })
})

describe('an option file that is missing', () => {
  test('is named, with errno', async () => {
    await inFolder((folder) => {
      refused(
        folder,
        'no.cnf',
        'option-file-unreadable',
        'FOLDER/no.cnf cannot be read: no such file or directory (ENOENT)',
      )
    })
  })

  for (const kind of ['include', 'includedir']) {
    test(`but included (!${kind}), is named with the place that includes it`, async () => {
      await inFolder((folder) => {
        write(folder, 'main.cnf', `[client]\n!${kind} no\n`)
        refused(
          folder,
          'main.cnf',
          'option-file-unreadable',
          'FOLDER/no (included at FOLDER/main.cnf:2) cannot be read: no such file or directory (ENOENT)',
        )
      })
    })
  }
})

describe('an option file that is unreadable', () => {
  test('is named, with errno: a closed file', async () => {
    await inFolder(async (folder) => {
      write(folder, 'closed.cnf', '', 0o000)
      chmodSync(folder, 0o711)
      const message = 'FOLDER/closed.cnf cannot be read: permission denied (EACCES)'
      await asOrdinaryUser(() => refused(folder, 'closed.cnf', 'option-file-unreadable', message))
    })
  })

  test('is named, with errno: a circle of symlinks', async () => {
    await inFolder((folder) => {
      symlinkSync('round.cnf', join(folder, 'round.cnf'))
      refused(
        folder,
        'round.cnf',
        'option-file-unreadable',
        'FOLDER/round.cnf cannot be read: too many symbolic links encountered (ELOOP)',
      )
    })
  })

  test('is named: a folder', async () => {
    await inFolder((folder) => {
      mkdirSync(join(folder, 'folder'))
      refused(folder, 'folder', 'option-file-unreadable', 'FOLDER/folder is not a regular file')
    })
  })

  test('is named at once: a FIFO that nobody writes', async () => {
    await inFolder((folder) => {
      execFileSync('mkfifo', [join(folder, 'fifo')])
      refused(folder, 'fifo', 'option-file-unreadable', 'FOLDER/fifo is not a regular file')
    })
  })
})

describe('an option file readable by others', () => {
  for (const [text, mode] of [
    ['[client]\npassword=x\n', 0o640],
    ['[mysql-quiesce]\nloose_password=\n', 0o604],
    ['[CLIENT]\npassword\n', 0o644],
  ] as const) {
    test(`is refused, with mode and owner, where it has ${JSON.stringify(text)}`, async () => {
      await inFolder((folder) => {
        write(folder, 'main.cnf', text, mode)
        assert.throws(() => readOptionFiles(join(folder, 'main.cnf')), {
          code: 'option-file-exposed',
          message: new RegExp(
            `/main\\.cnf has a password, and others can read it \\(mode 0${mode.toString(8)}, owner \\d+:\\d+\\)$`,
          ),
        })
      })
    })
  }

  test('is the included one alone, where that one has the password', async () => {
    await inFolder((folder) => {
      write(folder, 'main.cnf', '[client]\nuser=u\n!include secret.cnf\n', 0o644)
      write(folder, 'secret.cnf', '[client]\npassword=x\n', 0o600)
      assert.equal(readOptionFiles(join(folder, 'main.cnf')).options.length, 2)
      chmodSync(join(folder, 'secret.cnf'), 0o644)
      assert.throws(() => readOptionFiles(join(folder, 'main.cnf')), {
        code: 'option-file-exposed',
        message: /\/secret\.cnf \(included at .*\/main\.cnf:3\) has a password/,
      })
    })
  })

  test('is read where it has no password of ours', async () => {
    await inFolder((folder) => {
      write(folder, 'main.cnf', '[client]\nuser=u\n[mysqldump]\npassword=x\n', 0o644)
      assert.equal(readOptionFiles(join(folder, 'main.cnf')).options.length, 2)
    })
  })
})

describe('an option file of others', () => {
  test('is refused where everybody can write it, before a line of it is believed', async () => {
    await inFolder((folder) => {
      write(folder, 'main.cnf', 'not an option file\n', 0o666)
      assert.throws(() => readOptionFiles(join(folder, 'main.cnf')), {
        code: 'option-file-exposed',
        message: /\/main\.cnf can be written by everybody \(mode 0666, owner \d+:\d+\)$/,
      })
    })
  })

  test(
    'is refused where it belongs to somebody else',
    { skip: !isRoot && 'only root gives files away' },
    async () => {
      await inFolder((folder) => {
        write(folder, 'main.cnf', '[client]\nuser=u\n', 0o600)
        chownSync(join(folder, 'main.cnf'), 1234, 0)
        refused(
          folder,
          'main.cnf',
          'option-file-exposed',
          'FOLDER/main.cnf belongs to neither root nor us (mode 0600, owner 1234:0)',
        )
      })
    },
  )
})

async function inFolder(use: (folder: string) => void | Promise<void>): Promise<void> {
  await withDir(
    async ({ path }) => {
      await use(path)
    },
    { unsafeCleanup: true },
  )
}

function write(folder: string, name: string, text: string, mode = 0o600): void {
  const path = join(folder, dirname(name), basename(name))
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text)
  chmodSync(path, mode)
}

function refused(folder: string, name: string, code: string, message: string): void {
  assert.throws(() => readOptionFiles(join(folder, name)), {
    code,
    message: message.replaceAll('FOLDER', folder),
  })
}
