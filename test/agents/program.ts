import assert from 'node:assert/strict'
import { basename, join } from 'node:path'
import { catalog, type ProgramName } from './catalog.ts'
import { findProgram } from './fetch.ts'

/** A program as it is started: on the loader and the libraries of its own suite. */
export interface Program {
  /** As Debian has it, without epoch and revision: `12.2.0`. */
  readonly version: string
  /** The folder that its packages were unpacked into. */
  readonly folder: string
  /** The words that start it, without its own arguments; `before` is a library whose functions come first. */
  command(how?: { readonly before?: string }): readonly [string, ...string[]]
}

/** A program that `npm run agents` has fetched. */
export async function programOf(name: ProgramName): Promise<Program> {
  const fetched = await findProgram(name)
  assert.ok(fetched, `${name} was not fetched: npm run agents does that`)
  const { folder, version } = fetched
  const { file } = catalog[name]
  const libraries = ['usr/lib/x86_64-linux-gnu', 'lib/x86_64-linux-gnu'].map((place) => join(folder, place))
  return {
    folder,
    version: upstream(version),
    command: ({ before } = {}) => [
      join(folder, 'ldso', basename(file)),
      '--inhibit-cache',
      ...['--library-path', libraries.join(':')],
      ...(before === undefined ? [] : ['--preload', before]),
      join(folder, file),
    ],
  }
}

/** 7.2.22 of `1:7.2.22+dfsg-0+deb12u1`. */
function upstream(version: string): string {
  return version.replace(/^\d+:/, '').replace(/[+~-].*$/, '')
}
