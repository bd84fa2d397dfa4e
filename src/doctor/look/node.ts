import { accessSync, constants, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { startBare } from '../../adapters/start-bare.ts'
import { isNodeNewEnough } from '../../core/node-floor.ts'
import { exposedAt } from '../../install/exposed.ts'
import type { FileFact } from '../checks/bundle.ts'
import type { NodeFacts } from '../checks/node.ts'
import type { Patient } from '../patient.ts'
import { lookAtBundle } from './bundle.ts'

/**
 * Only pre-freeze-script is ever started, and only as it was built: post-thaw-script lets go of the database before
 * it looks at its arguments.
 */
const program = 'pre-freeze-script'

export function lookAtNode(patient: Patient): NodeFacts {
  const { folder, files } = lookAtBundle(patient)
  const notTried = whyNot(patient, Array.isArray(files) ? files : [])
  const none = { exitCode: null, said: '', found: null, passed: [], exposed: null }
  if (notTried !== null) return { ...none, notTried, places: [] }
  const places = placesIn(folder)
  const candidates = places.filter(isProgramFile).map((path) => ({ path, version: versionOf(path) }))
  const runs = candidates.findIndex(({ version }) => version !== null && isNodeNewEnough(version))
  const found = candidates[Math.max(0, runs)]
  if (found === undefined) return { ...none, notTried, places }
  return {
    notTried,
    ...startBare(join(folder, program), ['--version']),
    found,
    passed: candidates.slice(0, Math.max(0, runs)),
    places,
    exposed: exposedAt(found.path, { uid: 0, gid: 0 }),
  }
}

function versionOf(path: string): string | null {
  const { exitCode, said } = startBare(path, ['--version'])
  return exitCode === 0 ? said : null
}

function whyNot({ is }: Patient, files: readonly FileFact[]): string | null {
  if (is === 'a folder') return 'another system is looked at'
  const file = files.find(({ name }) => name === program)
  return file?.is === 'as built' ? null : `${program} is not as built, so it was not started`
}

/** As its sh head has them: beside it, where node-path says, and the places that the head names. */
function placesIn(folder: string): string[] {
  const head = readFileSync(join(folder, program), 'utf8')
  const usual = /^places='([^']*)'$/m.exec(head)?.[1]?.split(' ') ?? []
  return [join(folder, 'node'), ...recorded(folder), ...usual]
}

function recorded(folder: string): string[] {
  try {
    return [readFileSync(join(folder, 'node-path'), 'utf8').split('\n')[0] ?? ''].filter(Boolean)
  } catch {
    return []
  }
}

function isProgramFile(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    const seen = statSync(path)
    return seen.isFile() && seen.size > 0
  } catch {
    return false
  }
}
