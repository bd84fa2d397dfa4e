import { fieldsOf } from './fields.ts'
import { type Caller, isInvokerName } from './invoker.ts'

/** That a freeze was refused because another one holds: the thaw of the same invoker is not the thaw of that other one. */
export interface Refusal {
  readonly invoker: string
  /** ISO 8601. */
  readonly at: string
  /** Of the hold that stood; null where the state directory did not tell. */
  readonly run: string | null
  /** Who held, for people. */
  readonly why: string
}

/**
 * The name by which the thaw of an invoker is known from that of another one, in the head of post-thaw-script too: what it says of
 * itself, or an agent above it. Null for everybody else, an operator's shell for one: their thaw always lets go.
 */
export function nameToTellApart(
  { name }: { readonly name: string },
  { said = '', callers }: { readonly said: string | undefined; readonly callers: readonly Caller[] },
): string | null {
  if (isInvokerName(said)) return said
  return callers.some(({ process }) => process === name) ? name : null
}

export function formatRefusal(refusal: Refusal): string {
  return `${JSON.stringify(refusal)}\n`
}

/** Null for every other text. */
export function parseRefusal(text: string): Refusal | null {
  try {
    const value: unknown = JSON.parse(text)
    return isRefusal(value) ? value : null
  } catch {
    return null
  }
}

function isRefusal(value: unknown): value is Refusal {
  const { invoker, at, run, why } = fieldsOf(value)
  return (
    [invoker, at, why].every((text) => typeof text === 'string') && (run === null || typeof run === 'string')
  )
}
