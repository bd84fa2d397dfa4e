import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { noMounts } from '../support/scripts.ts'
import { playMatrix } from './play-matrix.ts'

/** Set where this file runs in a mount namespace of its own: its mounts are nobody else's, and end with it. */
const inside = process.env['QUIESCE_OWN_MOUNTS'] !== undefined

if (inside) playMatrix({ server: 'mariadb-10.11', group: 'file systems' })
else
  test('the faults of file systems, with mounts of their own', { skip: noMounts() }, async (t) => {
    const words = ['--import', 'tsx', '--test', fileURLToPath(import.meta.url)]
    const { exitCode, stdout } = await execa('unshare', ['--mount', process.execPath, ...words], {
      env: { QUIESCE_OWN_MOUNTS: 'yes', NODE_TEST_CONTEXT: undefined },
      reject: false,
    })
    for (const line of stdout.split('\n').filter((text) => /^ *(not )?ok /.test(text))) t.diagnostic(line)
    assert.equal(exitCode, 0, stdout)
  })
