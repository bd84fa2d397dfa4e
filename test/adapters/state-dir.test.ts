import assert from 'node:assert/strict'
import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { checkStateDir, prepareStateDir } from '../../src/adapters/state-dir.ts'

const asRoot = process.geteuid?.() === 0 ? {} : { skip: 'only root can give a directory away' }

describe('the state directory', () => {
  test('is made when it is missing, with all that is above it, for us alone', async () => {
    await inFolder((folder) => {
      const directory = join(folder, 'run', 'veeam')
      prepareStateDir(directory)
      assert.equal(statSync(directory).mode & 0o7777, 0o700)
      assert.equal(checkStateDir(directory), 'there')
    })
  })

  test('is taken as it is where it is ours', async () => {
    await inFolder((folder) => {
      writeFileSync(join(folder, 'waitforlock'), '')
      chmodSync(folder, 0o755)
      prepareStateDir(folder)
      assert.equal(statSync(folder).mode & 0o7777, 0o755)
    })
  })

  test('is missing, and stays so, where it is only looked for', async () => {
    await inFolder((folder) => {
      assert.equal(checkStateDir(join(folder, 'veeam')), 'missing')
      writeFileSync(join(folder, 'file'), '')
      assert.equal(checkStateDir(join(folder, 'file', 'veeam')), 'missing')
    })
  })

  for (const [what, wrong, make] of [
    ['a symbolic link', 'is a symbolic link', (at) => symlinkSync('/tmp', at)],
    ['a symbolic link to nothing', 'is a symbolic link', (at) => symlinkSync('/nonexistent', at)],
    ['a file', 'is not a directory', (at) => writeFileSync(at, '')],
    ['writable for its group', 'may be written by others: mode 0770', (at) => makeWith(at, 0o770)],
    ['writable for everybody', 'may be written by others: mode 0707', (at) => makeWith(at, 0o707)],
    ['a shared place as /tmp is', 'may be written by others: mode 1777', (at) => makeWith(at, 0o1777)],
  ] as readonly (readonly [string, string, (at: string) => void])[])
    test(`is refused where it is ${what}`, async () => {
      await inFolder((folder) => {
        const directory = join(folder, 'veeam')
        make(directory)
        for (const refuse of [prepareStateDir, checkStateDir])
          assert.throws(() => refuse(directory), {
            code: 'state-dir-unusable',
            message: `${directory} ${wrong}`,
          })
      })
    })

  test('is refused where a slash at its end would hide that it is a link', async () => {
    await inFolder((folder) => {
      mkdirSync(join(folder, 'elsewhere'))
      symlinkSync('elsewhere', join(folder, 'veeam'))
      for (const refuse of [prepareStateDir, checkStateDir])
        assert.throws(() => refuse(join(folder, 'veeam/')), {
          code: 'state-dir-unusable',
          message: /is a symbolic link/,
        })
    })
  })

  test('is refused where it belongs to somebody else', asRoot, async () => {
    await inFolder((folder) => {
      const directory = join(folder, 'veeam')
      mkdirSync(directory, { mode: 0o700 })
      chownSync(directory, 65_534, 65_534)
      for (const refuse of [prepareStateDir, checkStateDir])
        assert.throws(() => refuse(directory), {
          code: 'state-dir-unusable',
          message: `${directory} belongs to user 65534, not to us (user 0)`,
        })
    })
  })

  test('cannot be made below a file, and the message says so', async () => {
    await inFolder((folder) => {
      writeFileSync(join(folder, 'file'), '')
      assert.throws(() => prepareStateDir(join(folder, 'file', 'veeam')), {
        code: 'state-dir-unusable',
        message: `${join(folder, 'file', 'veeam')} cannot be made: not a directory (ENOTDIR)`,
      })
    })
  })

  test('cannot be looked at where its name is impossible', async () => {
    const directory = `/tmp/${'x'.repeat(300)}`
    assert.throws(() => checkStateDir(directory), {
      code: 'state-dir-unusable',
      message: `${directory} cannot be looked at: name too long (ENAMETOOLONG)`,
    })
  })
})

function makeWith(directory: string, mode: number): void {
  mkdirSync(directory)
  chmodSync(directory, mode)
}

async function inFolder(play: (folder: string) => void): Promise<void> {
  await withDir(async ({ path }) => play(path), { unsafeCleanup: true })
}
