import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { executables } from '../../src/bundle/artifacts.ts'
import { type Compiled, compile } from '../../src/bundle/compile.ts'
import { withSourceTree } from '../support/source-tree.ts'

const entry = 'src/bin/locktables.ts'

/** Compiles locktables from this text, with these files beside it. */
async function compiled(
  text: string,
  use: (result: Compiled, parent: string) => void = () => {},
  files: Readonly<Record<string, string>> = {},
): Promise<void> {
  await withSourceTree({ [entry]: text, ...files }, async (root, parent) => {
    const only = executables.filter((executable) => executable.entry === entry)
    use(await compile({ root, executables: only, version: '4.5.6', stateDir: "/run/it's" }), parent)
  })
}

const codeOf = ({ programs }: Compiled): string => programs.get('locktables') ?? ''

function run(code: string, parent: string): string {
  const file = join(parent, 'program')
  writeFileSync(file, code)
  return spawnSync(process.execPath, [file], { encoding: 'utf8' }).stdout.trim()
}

describe('a compiled program', () => {
  test('knows the version and the state directory of its bundle', async () => {
    const text = `import { stateDir, version } from '../adapters/bundle-facts.ts'\nconsole.log(version, stateDir)`
    await compiled(text, (result, parent) => assert.equal(run(codeOf(result), parent), "4.5.6 /run/it's"))
  })

  test('is CommonJS in strict mode', async () => {
    await compiled(
      'console.log(typeof require, (function () { return typeof this })())',
      (result, parent) => {
        assert.match(codeOf(result), /^"use strict";\n/)
        assert.equal(run(codeOf(result), parent), 'function undefined')
      },
    )
  })

  test('knows the folder it is in, by the name that its source has for it', async () => {
    await compiled('console.log(import.meta.dirname)', (result, parent) => {
      assert.equal(run(codeOf(result), parent), parent)
    })
  })

  test('stays readable: names and lines are those of the source', async () => {
    const text = 'function letGo(lockFile: string) {\n  console.log(lockFile)\n}\nletGo("x")\n'
    await compiled(text, (result) => {
      assert.match(codeOf(result), /\/\/ src\/bin\/locktables\.ts\nfunction letGo\(lockFile\) \{\n/)
    })
  })

  test('says which source files are inside, and not those that were left out', async () => {
    const files = {
      'node_modules/used/index.js': 'export const a = () => 1',
      'src/bin/unused.ts': 'export const b = 2',
    }
    const text = `import { a } from 'used'\nimport { b } from './unused.ts'\nconsole.log(a())\nexport type B = typeof b`
    await compiled(
      text,
      ({ inside }) => assert.deepEqual(inside, ['node_modules/used/index.js', entry]),
      files,
    )
  })
})

describe('a program is not compiled', () => {
  for (const [what, text, message] of [
    ['when it does not parse', 'let 1', /^src\/bin\/locktables\.ts:1: Expected ";" but found "1"$/],
    [
      'when it imports what is not there',
      `import 'nowhere'`,
      /locktables\.ts:1: Could not resolve "nowhere"/,
    ],
    ['when the compiler warns', 'console.log(import.meta.url)', /"import\.meta" is not available/],
    ['when it awaits at the top', 'await 1', /Top-level await/],
    [
      'when it would look for a package beside itself',
      `try { require('optional') } catch {}`,
      /^locktables would load optional from outside itself$/,
    ],
  ] as const) {
    test(what, async () => {
      await assert.rejects(compiled(text), { code: 'build-failed', message })
    })
  }
})
