/** npm run agents: the real agents, one after the other, where nothing but a disk of their own can be frozen. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { dir as temporaryDir } from 'tmp-promise'
import { fetchServer } from '../servers/fetch.ts'
import { programNames } from './catalog.ts'
import { fetchPrograms } from './fetch.ts'

const here = import.meta.dirname

const problem = await whyNot()
if (problem !== undefined && process.env['CI']) fail(`the agents cannot be tested here: ${problem}`)
else process.exitCode = await runTests(problem)

/** Fetches what is needed and rehearses what is to be done. Gives the reason why it cannot be. */
async function whyNot(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'only root can mount and freeze file systems'
  try {
    await fetchPrograms(programNames, (line) => console.log(line))
    await fetchServer('mariadb-10.11', { progress: (line) => console.log(line) })
    await inside(['sh', join(here, 'rehearse.sh')], { stderr: 'pipe' })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The tests one at a time: a thaw is for every file system that the agent sees. */
async function runTests(reason: string | undefined): Promise<number> {
  const files = (await readdir(here)).filter((name) => name.endsWith(`${process.argv[2] ?? ''}.test.ts`))
  const words = [
    '--import',
    'tsx',
    '--test',
    '--test-concurrency=1',
    ...files.map((name) => join(here, name)),
  ]
  const command = [process.execPath, ...words]
  const { exitCode = 1 } =
    reason === undefined
      ? await inside(command, { reject: false })
      : await execa(process.execPath, words, {
          reject: false,
          stdio: 'inherit',
          env: { MYSQL_QUIESCE_NO_LAB: reason },
        })
  return exitCode
}

async function inside(
  command: readonly string[],
  options: { readonly reject?: false; readonly stderr?: 'pipe' },
): Promise<{ readonly exitCode?: number }> {
  const stage = await temporaryDir()
  try {
    const words = [
      '--mount',
      '--pid',
      '--fork',
      '--propagation',
      'private',
      'sh',
      join(here, 'enter.sh'),
      stage.path,
    ]
    return await execa('unshare', [...words, ...command], {
      stdin: 'ignore',
      stdout: 'inherit',
      stderr: 'inherit',
      env: { MYSQL_QUIESCE_LAB: '/lab' },
      ...options,
    })
  } finally {
    await stage.cleanup()
  }
}

function fail(message: string): void {
  console.error(message)
  process.exitCode = 1
}
