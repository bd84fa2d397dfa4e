import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { execa } from 'execa'
import { nodeMajors } from './catalog.ts'
import { fetchNode } from './fetch.ts'

const root = join(import.meta.dirname, '../..')

/** The adapters that lean on Node.js most: signals, pipes, processes, watched folders. The others run on the Node.js of `npm test` alone. */
const leaning = ['launcher', 'leash', 'locker-process', 'watch-directory'].map(
  (name) => `test/adapters/${name}.test.ts`,
)

const domain = [...testsIn('test/core'), ...testsIn('test/quiesce')]

/** All in one process: to start one for each file takes longer than its tests. */
const importAll = 'for (const file of process.argv.slice(1)) await import(file)'

describe('the tests of the domain, and of the adapters that lean on Node.js most, pass', () => {
  const others = nodeMajors.filter((major) => !process.version.startsWith(`v${major}.`))
  for (const major of others)
    test(`on Node.js ${major}`, async (t) => {
      const node = await fetchNode(major, (line) => t.diagnostic(line))
      const files = domain.map((file) => join(root, file))
      await Promise.all([
        passes(node, ['--input-type=module', '--eval', importAll, ...files]),
        passes(node, ['--test', '--test-concurrency=1', ...leaning]),
      ])
    })
})

async function passes(node: string, args: readonly string[]): Promise<void> {
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  const how = { cwd: root, env, extendEnv: false, all: true, reject: false } as const
  const { exitCode, all } = await execa(node, ['--import', 'tsx', ...args], how)
  assert.equal(exitCode, 0, failedIn(all))
  assert.match(all, /^. pass [1-9]/m)
}

function testsIn(folder: string): string[] {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.test.ts')).map((name) => join(folder, name))
}

/** Of what a run has written, what tells the tests that failed. */
function failedIn(output: string): string {
  const lines = output.split('\n')
  return lines.filter((line) => /not ok|✖|error:|Error/.test(line)).join('\n') || output.slice(-2000)
}
