import type { DemoCall } from './call.ts'
import { paintFor } from './paint.ts'
import type { Report } from './report.ts'
import type { Take } from './take.ts'
import { factText, headingText, introText, resultText, takeText } from './text.ts'

/** Where the demo tells what it does, while it does it. */
export interface Screen {
  heading(text: string): void
  fact(name: string, text: string): void
  take(take: Take): void
  result(report: Report): void
  /** Aborted when whoever read it has gone. */
  readonly gone: AbortSignal
}

export function screenFor({ output }: Pick<DemoCall, 'output'>): Screen {
  const stream = output === 'json' ? process.stderr : process.stdout
  const paint = paintFor(stream)
  const gone = new AbortController()
  for (const each of [process.stdout, process.stderr])
    each.on('error', () => gone.abort('stopped: nobody reads the output'))
  const say = (text: string) => void stream.write(`${text}\n`)
  say(introText(paint))
  return {
    heading: (text) => say(headingText(text, paint)),
    fact: (name, text) => say(factText(name, text, paint)),
    take: (take) => say(takeText(take, paint)),
    result(report) {
      say(resultText(report, paint))
      if (output === 'json') process.stdout.write(`${JSON.stringify(report, toTheMicrosecond, 2)}\n`)
    },
    gone: gone.signal,
  }
}

/** A clock gives more digits than it knows. */
function toTheMicrosecond(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value
}
