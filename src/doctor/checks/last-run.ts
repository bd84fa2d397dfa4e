import { type Check, notApplicable, ok, problem, warning } from '../check.ts'

export interface LastRunFacts {
  readonly log: string
  /** Why the log cannot be read; null: it was, or it is not there. */
  readonly unreadable: string | null
  readonly call: { readonly at: string } | null
  readonly run: RunLine | null
}

/** The `run` line that ends a run in the log. */
export interface RunLine {
  readonly run: string
  readonly at: string
  readonly askedAt: string
  readonly verdict: string
  readonly message: string
}

export function judgeLastRun(facts: LastRunFacts): Check[] {
  const { log, unreadable } = facts
  if (unreadable !== null) return [notApplicable('last call', `${log}: ${unreadable}`)]
  return [call(facts), run(facts)]
}

function call({ call: last, run: known, log }: LastRunFacts): Check {
  const name = 'last call'
  if (last === null)
    return notApplicable(
      name,
      `${log} knows of none`,
      'if there was a backup since, no agent called us: see above',
    )
  if (known !== null && known.askedAt >= last.at) return ok(name, `pre-freeze-script at ${last.at}`)
  return warning(
    name,
    `pre-freeze-script at ${last.at}, and no run has come of it`,
    'it is in progress, or it was refused: its one line is in the log of the agent or of the backup',
  )
}

function run({ run: last, log }: LastRunFacts): Check {
  const name = 'last run'
  if (last === null) return notApplicable(name, `${log} knows of none`)
  const seen = `${last.at}: ${last.message}`
  if (last.verdict === 'yes') return ok(name, seen)
  return problem(name, seen, `discard that snapshot; grep ${last.run} ${log} has its lines`)
}
