import { platforms } from '../platforms/all.ts'
import { valueIn } from './agent-config.ts'
import type { Step } from './step.ts'
import { type Lookup, textOf } from './thing.ts'

/** A sentence for each file of an agent that goes on naming a hook which these steps take out. */
export function notesOnHooksGone(steps: readonly Step[], look: Lookup): string[] {
  const goes = (path: string): boolean => steps.some((step) => step.do === 'remove' && step.path === path)
  const notes = platforms
    .flatMap(({ places }) => places.flatMap(({ puts }) => puts))
    .flatMap((put) => {
      if (put.put !== 'option' || !goes(put.value) || steps.some(({ path }) => path === put.path)) return []
      if (valueIn(textOf(look(put.path)), put) !== put.value) return []
      return [
        `${put.path} still has ${put.key}=${put.value}, and that hook is gone: take the line out yourself`,
      ]
    })
  return [...new Set(notes)]
}
