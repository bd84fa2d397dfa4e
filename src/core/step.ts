import { fieldsOf } from './fields.ts'

/** One step of a run and how long it took, in milliseconds. */
export interface Step {
  readonly name: string
  readonly ms: number
}

export function isStep(value: unknown): value is Step {
  const { name, ms } = fieldsOf(value)
  return typeof name === 'string' && typeof ms === 'number'
}

/** Takes the time of steps, in order; steps side by side each have their own time. */
export function stopwatch(now: () => number) {
  const steps: Step[] = []
  return {
    steps: (): readonly Step[] => [...steps],
    async time<T>(name: string, work: () => T | Promise<T>): Promise<T> {
      const begin = now()
      try {
        return await work()
      } finally {
        steps.push({ name, ms: Math.round((now() - begin) * 1000) / 1000 })
      }
    },
  }
}

export type Stopwatch = ReturnType<typeof stopwatch>
