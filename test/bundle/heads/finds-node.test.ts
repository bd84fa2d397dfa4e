import assert from 'node:assert/strict'
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { run, shells } from '../../support/as-agent.ts'
import { nowhereElse, templatesWith, withPlaced, writeExecutable } from '../../support/sh-head.ts'

for (const shell of shells) {
  describe(`under ${shell}, the head of`, () => {
    describe('pre-freeze-script looks for Node.js', () => {
      const name = 'pre-freeze-script'

      test('beside the file, then where node-path says, then in the usual places', async () => {
        await withDir(({ path }) => inOrder(join(path, 'node')), { unsafeCleanup: true })

        async function inOrder(usual: string): Promise<void> {
          await writeExecutable(usual, '#!/bin/sh\necho usual\n')
          const usualPlace = templatesWith('head.sh', /places='.*'/, `places='/nonexistent/node ${usual}'`)
          const placing = { name, node: { sh: 'echo beside' }, templates: usualPlace } as const
          await withPlaced(placing, async ({ file, folder }) => {
            const recorded = join(folder, 'recorded node')
            const answer = async () => (await run(file, [], { shell })).stdout
            await writeExecutable(recorded, '#!/bin/sh\necho recorded\n')
            await writeFile(join(folder, 'node-path'), `${recorded}\n`)

            assert.equal(await answer(), 'beside\n')
            await rm(join(folder, 'node'))
            assert.equal(await answer(), 'recorded\n')
            await rm(recorded)
            assert.equal(await answer(), 'usual\n')
          })
        }
      })

      for (const [what, make] of [
        ['an empty file', (node: string) => writeExecutable(node, '')],
        ['a folder', (node: string) => mkdir(node)],
        ['a file that may not be executed', (node: string) => writeFile(node, '#!/bin/sh\nexit 0\n')],
        ['a link to nothing', (node: string) => symlink('/nonexistent/node', node)],
      ] as const) {
        test(`and passes over ${what}`, async () => {
          await withPlaced({ name, node: 'none', templates: nowhereElse }, async ({ file, folder }) => {
            await make(join(folder, 'node'))
            const { ended, stderr } = await run(file, [], { shell })
            assert.deepEqual([ended, stderr], [127, ''])
          })
        })
      }

      for (const [what, script, said] of [
        [
          'says that it is too old',
          '#!/bin/sh\ncase $1 in -e) exit 1 ;; --version) echo v18.20.8 && exit ;; esac\nexit 126\n',
          /v18\.20\.8/,
        ],
        [
          'misses a C library as new as its own',
          '#!/bin/sh\necho "GLIBC_2.28 not found" >&2\necho more\nexit 1\n',
          /GLIBC_2\.28 not found/,
        ],
        ['needs a loader that is not there', '#!/nonexistent/ld-musl-x86_64.so.1\n', /node.*/],
        ['is no program of this machine', '#!/bin/sh\necho bad >&2\nexit 2\n', /bad/],
      ] as const) {
        test(`and passes over one that ${what}`, async () => {
          const usual = templatesWith('head.sh', /places='.*'/, `places='${process.execPath}'`)
          await withPlaced({ name, node: 'none', templates: usual }, async ({ file, folder }) => {
            await writeExecutable(join(folder, 'node'), script)
            const { ended, stdout, stderr } = await run(file, ['tell'], { shell })
            assert.deepEqual([ended, stderr], [0, ''])
            assert.match(stdout, /"args":\[\]/)
          })
        })

        test(`and names one that ${what} where there is no other`, async () => {
          await withPlaced({ name, node: 'none', templates: nowhereElse }, async ({ file, folder }) => {
            const node = join(folder, 'node')
            await writeExecutable(node, script)
            const { ended, stdout } = await run(file, [], { shell })
            assert.equal(ended, 127)
            const [line = '', why = ''] = stdout.trimEnd().split(`/nonexistent/node; ${node} is not: `)
            assert.match(line, /not frozen: no Node\.js >= 20\.9 at /)
            assert.match(why, new RegExp(`^.*${said.source}$`))
          })
        })
      }

      for (const code of [1, 2, 126, 127])
        test(`and keeps the exit code ${code} of a program that has failed by itself`, async () => {
          await withPlaced({ name }, async ({ file }) => {
            const { ended } = await run(file, ['exit', String(code)], { shell })
            assert.equal(ended, code)
          })
        })

      for (const [what, make] of [
        ['has no line end', (file: string) => writeFile(file, process.execPath)],
        [
          'goes on after its first line',
          (file: string) => writeFile(file, `${process.execPath}\n/nonexistent\n`),
        ],
      ] as const) {
        test(`and reads a node-path that ${what}`, async () => {
          await withPlaced({ name, node: 'none', templates: nowhereElse }, async ({ file, folder }) => {
            await make(join(folder, 'node-path'))
            assert.equal((await run(file, ['exit', '6'], { shell })).ended, 6)
          })
        })
      }

      for (const [what, make] of [
        ['is empty', (file: string) => writeFile(file, '')],
        ['is a folder', (file: string) => mkdir(file)],
        ['names nothing that is there', (file: string) => writeFile(file, '/nonexistent\n')],
      ] as const) {
        test(`and says nothing on stderr about a node-path that ${what}`, async () => {
          await withPlaced({ name, node: 'none', templates: nowhereElse }, async ({ file, folder }) => {
            await make(join(folder, 'node-path'))
            const { ended, stderr } = await run(file, [], { shell })
            assert.deepEqual([ended, stderr], [127, ''])
          })
        })
      }
    })
  })
}
