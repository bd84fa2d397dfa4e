import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { test, type TestContext } from 'node:test'
import { execa } from 'execa'
import { dir as temporaryDir } from 'tmp-promise'
import { type ScriptName, shipped } from '../support/scripts.ts'
import { leftOver } from './left-over.ts'
import { failing, type Report } from './report.ts'

test('the demo proves the snapshot with the scripts, shows what is wrong without, and leaves nothing', async (t) => {
  const demo = await runDemo(t, ['--json'])
  const report = reportOf(demo.stdout)
  const { withScripts, withoutScripts } = report
  assert.equal(demo.exitCode, 0, demo.stderr)
  assert.deepEqual(demo.left, [])

  assert.deepEqual(failing(withScripts), [])
  assert.equal(withScripts.checks.length, 12)
  const [freeze, snapshot, thaw] = withScripts.timeline
  assert.match(freeze!.said, /^frozen at binlog\.\d+:\d+, waited \d+\.\d s$/)
  assert.ok(freeze!.steps.some(({ name }) => name === 'lock'))
  assert.equal(snapshot!.what, 'snapshot')
  assert.match(thaw!.said, /^thawed after \d+\.\d s, the snapshot is consistent$/)
  assert.ok(thaw!.steps.some(({ name }) => name === 'unlock'))
  assert.equal(withScripts.stalls.writers.length, report.writers)

  const broken = failing(withoutScripts).map(({ name }) => name)
  assert.ok(broken.some(isOfMyIsam), broken.join(', '))
})

test('scripts that claim a lock and take none do not pass', async (t) => {
  const bundle = await bundleWith(t, {
    'pre-freeze-script': 'echo frozen at binlog.000001:4, waited 0.1 s',
  })
  const demo = await runDemo(t, ['--json'], { bundle })
  const failed = failing(reportOf(demo.stdout).withScripts).map(({ name }) => name)
  for (const check of ['the copy records the coordinates', 'the verdict is "consistent"'])
    assert.ok(failed.includes(check), failed.join(', '))
  assert.ok(failed.some(isOfMyIsam), failed.join(', '))
  assert.equal(demo.exitCode, 1)
  assert.deepEqual(demo.left, [])
})

test('where the freeze fails, the demo says why, fails, and leaves nothing', async (t) => {
  const bundle = await bundleWith(t, { 'pre-freeze-script': 'echo not frozen: no; exit 24' })
  const demo = await runDemo(t, [], { bundle })
  assert.match(demo.stderr, /^the demo failed: pre-freeze-script failed: not frozen: no$/m)
  assert.equal(demo.exitCode, 1)
  assert.deepEqual(demo.left, [])
})

test('stopped while the tables are locked, the demo unlocks them and leaves nothing', async (t) => {
  const real = shipped('pre-freeze-script')
  const bundle = await bundleWith(t, { 'pre-freeze-script': `${real} "$@" && kill -INT "$PPID"` })
  const demo = await runDemo(t, [], { bundle })
  assert.match(demo.stderr, /^stopped by SIGINT$/m)
  assert.equal(demo.exitCode, 130)
  assert.deepEqual(demo.left, [])
})

test('with --keep, the folder with both copies and the log stays', async (t) => {
  const bundle = await bundleWith(t, { 'pre-freeze-script': 'echo not frozen: no; exit 24' })
  const demo = await runDemo(t, ['--keep'], { bundle })
  assert.deepEqual(demo.left, ['mysql-quiesce-demo'])
})

test('without the scripts, the demo says how to make them', async (t) => {
  const demo = await runDemo(t, [], { bundle: '/nonexistent' })
  assert.match(
    demo.stderr,
    /^the demo failed: \/nonexistent\/pre-freeze-script is not there; npm run build makes it$/m,
  )
  assert.equal(demo.exitCode, 1)
})

test('words that it does not know end it with the usage and exit code 2', async (t) => {
  const demo = await runDemo(t, ['--server', 'oracle'])
  assert.match(demo.stderr, /^--server oracle: the servers are .*\n\nnpm run demo -- /)
  assert.equal(demo.exitCode, 2)
})

/** Its table is damaged where the files were copied, and lacks rows where the disk was photographed. */
function isOfMyIsam(check: string): boolean {
  return /^(CHECK TABLE of|no acknowledged row lost in) MyISAM$/.test(check)
}

/** Runs the demo, its temporary files in a folder of their own, and looks what it leaves. */
async function runDemo(
  t: TestContext,
  args: readonly string[],
  { bundle }: { readonly bundle?: string } = {},
) {
  const folder = await scratch(t)
  const main = resolve(import.meta.dirname, 'main.ts')
  const env = { TMPDIR: folder, ...(bundle === undefined ? {} : { MYSQL_QUIESCE_BUNDLE: bundle }) }
  const words = ['--import', 'tsx', main, ...args]
  const { exitCode, stdout, stderr } = await execa(process.execPath, words, { env, reject: false })
  return { exitCode, stdout, stderr, left: await leftIn(folder) }
}

/** The demo may have run itself a second time: what a process has left that is gone is left by it. */
async function leftIn(folder: string): Promise<readonly string[]> {
  const folders = (await readdir(folder)).filter((name) => name.startsWith(prefix))
  const states = (await readdir('/dev/shm')).filter(isOfNobody)
  const [, ...processes] = await leftOver([folder])
  return [...folders.map(() => prefix), ...states, ...processes]
}

function isOfNobody(name: string): boolean {
  const [, pid] = new RegExp(`^${prefix}-(\\d+)-`).exec(name) ?? []
  return pid !== undefined && !existsSync(`/proc/${pid}`)
}

const prefix = 'mysql-quiesce-demo'

/** The shipped scripts, some of them replaced. */
async function bundleWith(
  t: TestContext,
  replaced: Readonly<Partial<Record<ScriptName, string>>>,
): Promise<string> {
  const bundle = join(await scratch(t), 'bundle')
  await mkdir(bundle)
  for (const name of ['pre-freeze-script', 'post-thaw-script', 'locktables'] as const) {
    const text = replaced[name]
    if (text === undefined) await symlink(shipped(name), join(bundle, name))
    else await writeFile(join(bundle, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
  }
  return bundle
}

function reportOf(json: string): Report {
  return JSON.parse(json)
}

async function scratch(t: TestContext): Promise<string> {
  const { path, cleanup } = await temporaryDir({ unsafeCleanup: true })
  t.after(() => cleanup())
  return path
}
