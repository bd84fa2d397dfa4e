import { isNodeNewEnough, nodeFloorText } from '../../core/node-floor.ts'
import { type Check, notApplicable, ok, problem, warning } from '../check.ts'

/** What came of starting the installed pre-freeze-script with an empty environment, as an agent may. */
export interface NodeFacts {
  /** Why it was not started; null: it was. */
  readonly notTried: string | null
  readonly exitCode: number | null
  /** Its first line. */
  readonly said: string
  /** What the launcher runs: the first that is new enough and starts, else the first; null: none of its places has a Node.js. */
  readonly found: Found | null
  /** What it passes over before that. */
  readonly passed: readonly Found[]
  /** Where the launcher looks, in its order. */
  readonly places: readonly string[]
  /** A sentence, where others than root could change that Node.js. */
  readonly exposed: string | null
}

/** `version`: null for one that does not start. */
export interface Found {
  readonly path: string
  readonly version: string | null
}

export function judgeNode(facts: NodeFacts): Check[] {
  const { notTried, found, exposed, places } = facts
  if (notTried !== null) return [notApplicable('start', notTried)]
  if (found === null)
    return [
      problem(
        'node',
        `none at ${places.join(', ')}`,
        `install Node.js ${nodeFloorText}, or a bundle --with-node`,
      ),
    ]
  return [
    version(found),
    ...facts.passed.map(passedOver),
    started(facts),
    ...(exposed === null ? [] : [owner(found.path, exposed)]),
  ]
}

function passedOver({ path, version: said }: Found): Check {
  const why = said === null ? 'does not start here' : `is ${said}`
  return warning('node passed over', `${path} ${why}`, 'remove it, or unpack a bundle for this machine')
}

function version({ path, version: said }: Found): Check {
  if (said === null)
    return problem(
      'node',
      `${path} does not start`,
      `install Node.js ${nodeFloorText}, or a bundle --with-node`,
    )
  if (isNodeNewEnough(said)) return ok('node', `${said} at ${path}, found without PATH`)
  return problem(
    'node',
    `${said || 'nothing'} at ${path}`,
    `install Node.js ${nodeFloorText} or newer, and install us again`,
  )
}

function started({ exitCode, said }: NodeFacts): Check {
  if (exitCode === 0) return ok('start', `${said}, in an empty environment`)
  const how = exitCode === null ? 'does not end' : `ends with exit code ${exitCode}`
  return problem(
    'start',
    `pre-freeze-script --version ${how}: ${said || 'it says nothing'}`,
    'unpack the archive again and run its install',
  )
}

function owner(path: string, exposed: string): Check {
  return warning(
    'node owner',
    `root runs ${path}, and ${exposed}`,
    'use a Node.js of the system, or a bundle --with-node',
  )
}
