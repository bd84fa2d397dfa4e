import { doubt, type EngineInUse } from '../core/disk/engines.ts'
import type { LockPlan } from '../core/lock-choice.ts'
import type { Observer } from '../core/world.ts'

/** Of the engines that are loaded, those that may have tables. They are looked for where the lock alone does not tell that all reaches the disk. */
export async function enginesInUse(
  loaded: readonly string[],
  {
    observer,
    plan: { lock },
  }: { readonly observer: Pick<Observer, 'enginesWithTables'>; readonly plan: Pick<LockPlan, 'lock'> },
): Promise<readonly EngineInUse[]> {
  const doubtful = loaded.filter((engine) => doubt(engine, lock) !== undefined)
  const found = doubtful.length === 0 ? 'cannot-tell' : await observer.enginesWithTables(doubtful)
  return loaded.flatMap((engine): EngineInUse[] => {
    if (found === 'cannot-tell' || !doubtful.includes(engine)) return [{ engine, is: 'loaded' }]
    if (found.engines.includes(engine)) return [{ engine, is: 'tables' }]
    return found.all ? [] : [{ engine, is: 'loaded' }]
  })
}
