import { rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** One thing that is done to a folder. The plans below are lists of them, so that any of them can be the last. */
export type Step =
  | { readonly do: 'rename'; readonly from: string; readonly to: string }
  | { readonly do: 'remove'; readonly path: string }

/** What lies at the place of a bundle and beside it. */
export interface Sight {
  readonly bundle: 'there' | 'absent'
  /** The bundle before, moved aside by a build that went no further. */
  readonly former: 'there' | 'absent'
  /** Staged folders of builds that are no more. */
  readonly leftovers: readonly string[]
}

/** Where the bundle of `out` waits while the new one takes its place. */
export function formerOf(out: string): string {
  return join(dirname(out), `.${basename(out)}.former`)
}

/** What a staged folder of `out` is called; its process id and something random follow. */
export function stagePrefix(out: string): string {
  return `.${basename(out)}.staged`
}

/** Puts the place in order after a build that was killed: the old bundle comes back unless the new one is there. */
export function planRecovery(out: string, { bundle, former, leftovers }: Sight): Step[] {
  const swept = leftovers.map((path) => ({ do: 'remove', path }) as const)
  if (former === 'absent') return swept
  if (bundle === 'absent') return [{ do: 'rename', from: formerOf(out), to: out }, ...swept]
  return [{ do: 'remove', path: formerOf(out) }, ...swept]
}

/** Puts the staged folder in the place of the bundle, in a place that is in order. */
export function planSwap(out: string, staged: string, { bundle }: Pick<Sight, 'bundle'>): Step[] {
  const comesIn: Step = { do: 'rename', from: staged, to: out }
  if (bundle === 'absent') return [comesIn]
  return [{ do: 'rename', from: out, to: formerOf(out) }, comesIn, { do: 'remove', path: formerOf(out) }]
}

/** Does the steps, in order; `before` sees each one first. */
export async function apply(steps: readonly Step[], before: (step: Step) => void = () => {}): Promise<void> {
  for (const step of steps) {
    before(step)
    await (step.do === 'rename'
      ? rename(step.from, step.to)
      : rm(step.path, { recursive: true, force: true }))
  }
}
