/** npm run agents -- [NAME...]: the real agents against the installed bundle, where only a disk of theirs can be frozen. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { dir as temporaryDir } from 'tmp-promise'
import { fetchServer } from '../servers/fetch.ts'
import { programNames } from './catalog.ts'
import { fetchPrograms } from './fetch.ts'

const here = import.meta.dirname
const named = process.argv.slice(2)
const tell = (line: string) => console.log(line)

const problem = await whyNot()
if (problem !== undefined) console.error(`the agents cannot be tested here: ${problem}`)
if (problem !== undefined && process.env['CI']) process.exitCode = 1
else process.exitCode = await testAll(problem)

/** Fetches what is needed and rehearses what is to be done. Gives the reason why it cannot be. */
async function whyNot(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root can mount and freeze file systems'
  try {
    await fetchPrograms(programNames, tell)
    await fetchServer('mariadb-10.11', { progress: tell })
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
  const { failed, all } = await inside(['sh', join(here, 'rehearse.sh')])
  return failed ? all : undefined
}

/** Each file in namespaces of its own: an agent thaws all that it sees. What several say is printed as they end. */
async function testAll(reason: string | undefined): Promise<number> {
  const files = (await readdir(here)).filter((name) => name.endsWith('.test.ts'))
  const chosen = files.filter((file) => named.length === 0 || named.some((name) => file.startsWith(name)))
  if (chosen.length === 0) throw new Error(`none of ${files.join(', ')} is named so: ${named.join(' ')}`)
  const codes = chosen.map(async (file) => {
    const command = [process.execPath, '--import', 'tsx', '--test', '--test-reporter=spec', join(here, file)]
    const output = chosen.length === 1 ? 'inherit' : 'pipe'
    const { all, exitCode } =
      reason === undefined ? await inside(command, output) : await outside(command, reason, output)
    if (all) tell(all)
    return exitCode
  })
  return Math.max(...(await Promise.all(codes)))
}

type Output = 'pipe' | 'inherit'

interface Ended {
  readonly failed: boolean
  readonly exitCode: number
  /** What it said, in order; '' where it was inherited. */
  readonly all: string
}

async function inside(command: readonly string[], output: Output = 'pipe'): Promise<Ended> {
  const stage = await temporaryDir()
  try {
    const words = ['--mount', '--pid', '--fork', '--propagation', 'private', 'sh', join(here, 'enter.sh')]
    return await run(['unshare', ...words, stage.path, ...command], { MYSQL_QUIESCE_LAB: '/lab' }, output)
  } finally {
    await stage.cleanup()
  }
}

/** There each test is skipped, with the reason. */
async function outside(command: readonly string[], reason: string, output: Output): Promise<Ended> {
  return await run(command, { MYSQL_QUIESCE_NO_LAB: reason }, output)
}

async function run(
  [program = '', ...words]: readonly string[],
  env: Readonly<Record<string, string>>,
  output: Output,
): Promise<Ended> {
  const {
    failed,
    exitCode = 1,
    all = '',
  } = await execa(program, words, {
    reject: false,
    all: true,
    stdin: 'ignore',
    stdout: output,
    stderr: output,
    env,
  })
  return { failed, exitCode, all }
}
