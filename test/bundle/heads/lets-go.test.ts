import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chmod, copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { type Ended, run, shells, through } from '../../support/as-agent.ts'
import { nowhereElse, withPlaced } from '../../support/sh-head.ts'

/** The file as a grandchild of a process with this name. */
async function runBelow(
  agent: string,
  folder: string,
  { file, shell, said }: { readonly file: string; readonly shell: string; readonly said: string },
): Promise<Ended> {
  const above = join(folder, agent)
  await copyFile('/bin/sh', above)
  await chmod(above, 0o755)
  const nested = [
    '-c',
    '/bin/sh -c \'"$@"; exit "$?"\' sh "$@"; exit "$?"',
    'sh',
    ...through(shell),
    file,
    'tell',
  ]
  return await run(above, nested, { env: said === '' ? {} : { MYSQL_QUIESCE_INVOKER: said } })
}

for (const shell of shells) {
  describe(`under ${shell}, the head of`, () => {
    describe('post-thaw-script', () => {
      const name = 'post-thaw-script'

      test('has let go before Node.js starts, and says so to it', async () => {
        await withPlaced({ name }, async ({ file, held }) => {
          await writeFile(held, 'x')
          const { stdout } = await run(file, ['tell'], { shell, env: { HELD: held } })
          const { letGo, held: stillHeld } = JSON.parse(stdout)
          assert.deepEqual([letGo, stillHeld], ['yes', false])
        })
      })

      for (const [asked, text] of [
        ['{"run":"a","asker":{}}', '{"run":"a","asker":{}}\n'],
        ['x', 'x'],
        ['', ''],
      ] as const) {
        test(`says to Node.js what the file said: ${asked || 'nothing'}`, async () => {
          await withPlaced({ name }, async ({ file, held }) => {
            await writeFile(held, text)
            const { stdout, stderr } = await run(file, ['tell'], { shell, env: { MYSQL_QUIESCE_ASKED: 'z' } })
            const told = JSON.parse(stdout)
            assert.deepEqual([told.letGo, told.asked, stderr], ['yes', asked, ''])
          })
        })
      }

      for (const [lock, early] of [
        ['is', 'yes'],
        ['is not', ''],
      ] as const)
        test(`says to Node.js whether waitforlock is there as it comes: it ${lock}`, async () => {
          await withPlaced({ name }, async ({ file, held }) => {
            await writeFile(held, 'x')
            if (early) await writeFile(join(held, '../waitforlock'), 'x')
            const { stdout } = await run(file, ['tell'], { shell, env: { MYSQL_QUIESCE_EARLY: 'z' } })
            assert.equal(JSON.parse(stdout).early, early)
          })
        })

      test('says that there was nothing to let go, even if its environment says that it let go', async () => {
        await withPlaced({ name }, async ({ file }) => {
          const { stdout, stderr } = await run(file, ['tell'], {
            shell,
            env: { MYSQL_QUIESCE_LET_GO: 'yes' },
          })
          assert.deepEqual([JSON.parse(stdout).letGo, stderr], ['nothing', ''])
        })
      })

      test('does not say that it let go when the file could not be removed', async () => {
        await withPlaced({ name }, async ({ file, held }) => {
          await mkdir(held)
          const { stdout, stderr } = await run(file, ['tell'], {
            shell,
            env: { MYSQL_QUIESCE_LET_GO: 'yes' },
          })
          assert.deepEqual([JSON.parse(stdout).letGo, existsSync(held), stderr], [null, true, ''])
        })
      })

      for (const word of ['--help', '--version'])
        test(`lets nothing go where it is asked for ${word}`, async () => {
          await withPlaced({ name }, async ({ file, held }) => {
            await writeFile(held, 'x')
            const { stderr } = await run(file, ['tell', word], { shell })
            assert.deepEqual([existsSync(held), stderr], [true, ''])
          })
        })

      for (const args of [
        ['freeze'],
        ['FREEZE', ''],
        ['', 'Freeze'],
        ['pre-script'],
        ['dry-run'],
        ['--user', 'thaw', 'freeze'],
        ['--user=thaw', 'freeze', 'an argument of the host'],
      ])
        test(`lets nothing go where it is called with ${JSON.stringify(args)}`, async () => {
          await withPlaced({ name }, async ({ file, held }) => {
            await writeFile(held, 'x')
            const { stderr } = await run(file, args, { shell })
            assert.deepEqual([existsSync(held), stderr], [true, ''])
          })
        })

      for (const args of [
        ['thaw', 'freeze'],
        ['--user', 'freeze'],
        ['--user', 'freeze', 'thaw'],
        ['--user=freeze'],
        ['freezeFail'],
        ['unfreeze'],
        [],
      ])
        test(`lets go where it is called with ${JSON.stringify(args)}`, async () => {
          await withPlaced({ name }, async ({ file, held }) => {
            await writeFile(held, 'x')
            const { stderr } = await run(file, args, { shell })
            assert.deepEqual([existsSync(held), stderr], [false, ''])
          })
        })

      for (const [who, marker, agent, said] of [
        ['an agent above it', 'refused-vmtoolsd', 'vmtoolsd', ''],
        ['what it says', 'refused-veeam', 'vmtoolsd', 'veeam'],
        ['what it says, without an agent', 'refused-nightly', 'cron', 'nightly'],
      ] as const)
        test(`lets nothing go where the freeze of its invoker was refused: ${who}`, async () => {
          await withPlaced({ name }, async ({ file, held }, parent) => {
            await writeFile(held, 'x')
            await writeFile(join(held, '..', marker), '')
            const { stdout, stderr } = await runBelow(agent, parent, { file, shell, said })
            const told = JSON.parse(stdout)
            assert.deepEqual(
              [told.letGo, told.refused, existsSync(held), stderr],
              ['refused', marker.slice('refused-'.length), true, ''],
            )
          })
        })

      for (const [who, marker, agent, said] of [
        ['of another agent', 'refused-qemu-ga', 'vmtoolsd', ''],
        ['of the agent that ran a script of somebody else', 'refused-vmtoolsd', 'vmtoolsd', 'veeam'],
        ['of nobody that can be told', 'refused-backup.sh', 'backup.sh', ''],
        ['of what is no name', 'refused-vmtoolsd', 'cron', 'vm toolsd'],
        ['of nobody at all', 'refused-', 'cron', ''],
      ] as const)
        test(`lets go where the freeze was refused ${who}`, async () => {
          await withPlaced({ name }, async ({ file, held }, parent) => {
            await writeFile(held, 'x')
            await writeFile(join(held, '..', marker), '')
            const { stdout, stderr } = await runBelow(agent, parent, { file, shell, said })
            const told = JSON.parse(stdout)
            assert.deepEqual([told.letGo, told.refused, existsSync(held), stderr], ['yes', null, false, ''])
          })
        })

      test('says where Node.js is missing that it let nothing go, for the freeze was refused', async () => {
        await withPlaced({ name, node: 'none', templates: nowhereElse }, async ({ file, held }) => {
          await writeFile(held, 'x')
          await writeFile(join(held, '../refused-nightly'), '')
          const env = { MYSQL_QUIESCE_INVOKER: 'nightly' }
          const { ended, stdout, stderr } = await run(file, ['thaw'], { shell, env })
          assert.deepEqual([ended, stderr, existsSync(held)], [127, '', true])
          assert.match(
            stdout,
            /^nothing was let go, for the freeze of nightly was refused, and there is no verdict: /,
          )
        })
      })

      test('lets go in the state directory that the environment names, and in no other', async () => {
        await withPlaced({ name }, async ({ file, held }, parent) => {
          const elsewhere = join(parent, 'elsewhere')
          await mkdir(elsewhere)
          await writeFile(held, 'x')
          await writeFile(join(elsewhere, 'waitforsnapshot'), 'x')
          const { stdout } = await run(file, ['tell'], { shell, env: { MYSQL_QUIESCE_STATE_DIR: elsewhere } })
          assert.equal(JSON.parse(stdout).letGo, 'yes')
          assert.deepEqual([existsSync(join(elsewhere, 'waitforsnapshot')), existsSync(held)], [false, true])
        })
      })

      test('takes an empty name in the environment for none', async () => {
        await withPlaced({ name }, async ({ file, held }) => {
          await writeFile(held, 'x')
          await run(file, ['tell'], { shell, env: { MYSQL_QUIESCE_STATE_DIR: '' } })
          assert.equal(existsSync(held), false)
        })
      })

      for (const [line, prepare] of [
        ['the database was let go, but there is no verdict', (held: string) => writeFile(held, 'x')],
        ['there was nothing to let go, and there is no verdict', (held: string) => rm(held, { force: true })],
        ['so the database may still be locked, and there is no verdict', (held: string) => mkdir(held)],
      ] as const) {
        test(`says where Node.js is missing: ${line}`, async () => {
          await withPlaced({ name, node: 'none', templates: nowhereElse }, async ({ file, held }) => {
            await prepare(held)
            const { ended, stdout, stderr } = await run(file, ['thaw'], { shell })
            assert.deepEqual([ended, stderr], [127, ''])
            assert.ok(stdout.includes(`${line}: no Node.js`), stdout)
          })
        })
      }

      test('lets go with stdin, stdout and stderr of an agent that has closed them', async () => {
        await withPlaced({ name, node: 'none', templates: nowhereElse }, async ({ file, held }) => {
          await writeFile(held, 'x')
          await run(file, ['thaw'], { shell, closed: [0, 1, 2] })
          assert.equal(existsSync(held), false)
        })
      })
    })
  })
}
