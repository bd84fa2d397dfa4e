import { doubt, type EngineInUse } from '../core/disk/engines.ts'
import type { LockPlan } from '../core/lock-choice.ts'
import type { Observer } from '../core/world.ts'

/** Asked before the lock. Tables are looked for where it depends on them alone whether all reaches the disk. */
export async function enginesInUse(
  observer: Pick<Observer, 'loadedEngines' | 'enginesWithTables'>,
  { lock }: Pick<LockPlan, 'lock'>,
): Promise<readonly EngineInUse[]> {
  const loaded = await observer.loadedEngines()
  const doubtful = loaded.filter((engine) => doubt(engine, lock) !== undefined)
  const found = doubtful.length === 0 ? 'cannot-tell' : await observer.enginesWithTables(doubtful)
  return loaded.flatMap((engine): EngineInUse[] => {
    if (found === 'cannot-tell' || !doubtful.includes(engine)) return [{ engine, is: 'loaded' }]
    if (found.engines.includes(engine)) return [{ engine, is: 'tables' }]
    return found.all ? [] : [{ engine, is: 'loaded' }]
  })
}
