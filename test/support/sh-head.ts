import { readdirSync, readFileSync } from 'node:fs'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { withDir } from 'tmp-promise'
import { executables, type ExecutableName } from '../../src/bundle/artifacts.ts'
import { launcherOf } from '../../src/bundle/launcher.ts'

const launcherFolder = join(import.meta.dirname, '../../templates/launcher')

/** The files of templates/launcher/ as they are. */
export const templates: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(launcherFolder).map((name) => [name, readFileSync(join(launcherFolder, name), 'utf8')]),
)

/** The templates with one text in one of them replaced, which has to be there. */
export function templatesWith(
  file: string,
  text: string | RegExp,
  by: string,
): Readonly<Record<string, string>> {
  const changed = templates[file]?.replace(text, () => by)
  if (changed === undefined || changed === templates[file]) throw new Error(`${file} has no ${text}`)
  return { ...templates, [file]: changed }
}

/** The templates for a machine that has Node.js in none of the usual places. */
export const nowhereElse = templatesWith('head.sh', /places='.*'/, "places='/nonexistent/node'")

/** What the programs behind the heads do: their first argument says it. */
const program = `"use strict";
const { existsSync, readFileSync, writeFileSync } = require('node:fs')
const [what, ...rest] = process.argv.slice(2)
const tell = (facts) => console.log(JSON.stringify(facts))
const deeds = {
  tell: () => tell({ args: rest, self: process.argv[1], pid: process.pid, letGo: process.env.MYSQL_QUIESCE_LET_GO ?? null, asked: process.env.MYSQL_QUIESCE_ASKED ?? null, early: process.env.MYSQL_QUIESCE_EARLY ?? null, refused: process.env.MYSQL_QUIESCE_REFUSED ?? null,
    strict: (function () { return this === undefined })(), held: existsSync(process.env.HELD ?? '/nonexistent') }),
  exit: () => { process.exitCode = Number(rest[0]) },
  die: () => process.kill(process.pid, rest[0]),
  abort: () => process.abort(),
  complain: () => console.error('a warning'),
  echo: () => tell({ said: readFileSync(0, 'utf8') }),
  mark: () => { writeFileSync(rest[0], ''); process.exitCode = 7 },
  stay: () => {
    setInterval(() => existsSync(rest[0]) && process.exit(12), 5)
    for (const each of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(each, () => console.log('asked to stop by', each))
    console.log('here')
  },
}
;(deeds[what] ?? deeds.tell)()
`

export interface Placed {
  readonly file: string
  /** Beside the file: `node`, `node-path`. */
  readonly folder: string
  readonly stateDir: string
  readonly held: string
}

export interface Placing {
  readonly name: ExecutableName
  readonly templates?: Readonly<Record<string, string>>
  /** What `node` beside the file is: a link to this Node.js, nothing, or a shell script of these lines. */
  readonly node?: 'linked' | 'none' | { readonly sh: string }
}

/** Puts an executable with a program of our own below `parent`, and the lock file that it may have to remove. */
async function place(
  parent: string,
  { name, node = 'linked', templates: filling = templates }: Placing,
): Promise<Placed> {
  const stateDir = join(parent, 'state')
  const folder = join(parent, 'bundle')
  const file = join(folder, name)
  const executable = executables.find((each) => each.name === name)!
  const head = launcherOf(executable, {
    templates: filling,
    version: '1.2.3',
    stateDir,
  })
  await mkdir(stateDir, { recursive: true })
  await writeExecutable(file, head + program)
  if (node === 'linked') await symlink(process.execPath, join(folder, 'node'))
  else if (node !== 'none') await writeExecutable(join(folder, 'node'), `#!/bin/sh\n${node.sh}\n`)
  return { file, folder, stateDir, held: join(stateDir, 'waitforsnapshot') }
}

/** Puts it into a folder whose name is as awkward as a path may be, and removes everything afterwards. */
export async function withPlaced(
  placing: Placing,
  use: (placed: Placed, parent: string) => Promise<void>,
): Promise<void> {
  await withDir(({ path }) => useIn(join(path, "it's a $(folder)")), { unsafeCleanup: true })

  async function useIn(parent: string): Promise<void> {
    await use(await place(parent, placing), parent)
  }
}

export async function writeExecutable(file: string, content: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, content)
  await chmod(file, 0o755)
}
