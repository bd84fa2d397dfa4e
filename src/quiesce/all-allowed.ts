import { Failure } from '../core/failure.ts'

/**
 * Waits for all of these questions, each of which needs a privilege. Throws one `privilege-missing` that names all that are missing, each with
 * its GRANT; any other failure as it is.
 */
export async function allAllowed(questions: readonly Promise<unknown>[]): Promise<void> {
  const answers = await Promise.allSettled(questions)
  const reasons = answers.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
  const missing = reasons.filter(isMissing)
  if (missing.length < reasons.length) throw reasons.find((reason) => !isMissing(reason))
  const [first] = missing
  if (first === undefined) return
  const each = new Set(missing.map(({ message }) => message))
  throw new Failure('privilege-missing', [...each].join('; '), { cause: first })
}

function isMissing(reason: unknown): reason is Failure {
  return reason instanceof Failure && reason.code === 'privilege-missing'
}
