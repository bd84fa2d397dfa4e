import { describe, isProgram, isRun, type Script, textOf } from '../../install/thing.ts'
import type { PlatformName } from '../../platforms/platform.ts'
import { type Check, ok, problem, warning } from '../check.ts'

/** What else the agent runs for the same snapshot. */
export function judgeScripts(facts: readonly Script[], platform: PlatformName): Check[] {
  const others = facts.filter((fact) => fact.whose !== 'us' && isRun(fact))
  const found = others.flatMap((fact) => trouble(fact, platform))
  const quiet = others.filter((fact) => !found.some(({ name }) => name === fact.path))
  if (quiet.length === 0 && found.length > 0) return found
  const names = quiet.map(({ path }) => path).join(', ')
  return [
    ok('other scripts', names === '' ? 'none is run beside ours' : `are run beside ours: ${names}`),
    ...found,
  ]
}

function trouble({ path, thing, whose }: Script, platform: PlatformName): Check[] {
  if (whose === 'us again')
    return [
      problem(
        path,
        `calls us too, so ${platform} would lock twice for one snapshot`,
        'take one of the two out',
      ),
    ]
  if (!isProgram(thing))
    return [
      problem(
        path,
        `is ${describe(thing)}, cannot be run, and so fails the freeze`,
        'move it out of the folder',
      ),
    ]
  const other = lockOf(textOf(thing))
  return other === null
    ? []
    : [
        warning(
          path,
          `has ${other}: it may lock the database as well, or wait for our lock`,
          'take it out, or see that it is done before ours',
        ),
      ]
}

/** What in a script says that it locks, dumps or freezes. */
function lockOf(text: string): string | null {
  const found =
    /flush\s+(local\s+|no_write_to_binlog\s+)?tables|lock\s+tables|(mysql|mariadb)-?dump|fsfreeze\s+(-f|--freeze)/i.exec(
      text,
    )
  return found === null ? null : found[0].replaceAll(/\s+/g, ' ')
}
