import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'

/** With a process that answers lines of JSON, in their order. */
export interface Conversation {
  tell(line: string): void
  /** The answer, or why there is none. While it is waited for, and only then, the process keeps this one. */
  ask<T>(line: string, isAnswer: (value: unknown) => value is T): Promise<Answer<T>>
}

export type Answer<T> = { readonly said: T } | { readonly nothing: string }

export function conversationWith(child: ChildProcess, name: string): Conversation {
  const waiting: ((line: string | null) => void)[] = []
  let ended: string | null = null
  const end = (how: string) => {
    ended ??= `${name} ${how}`
    for (const give of waiting.splice(0)) give(null)
  }
  child.once('error', ({ message }) => end(`could not be started: ${message}`))
  child.once('exit', (code, signal) => end(`ended with ${signal ?? `exit code ${code}`}`))
  child.stdin?.on('error', () => {})
  if (child.stdout) createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(line))
  const tell = (line: string) => void child.stdin?.write(`${line}\n`)
  return {
    tell,
    async ask(line, isAnswer) {
      if (ended !== null) return { nothing: ended }
      const answer = new Promise<string | null>((resolve) => waiting.push(resolve))
      tell(line)
      child.ref()
      const said = await answer
      child.unref()
      if (said === null) return { nothing: ended ?? `${name} ended` }
      const value: unknown = JSON.parse(said)
      return isAnswer(value) ? { said: value } : { nothing: `${name} answered ${said}` }
    },
  }
}
