import { setTimeout as sleep } from 'node:timers/promises'

/** Looks until there is something to see, and gives that; throws once `within` milliseconds are over. */
export async function until<T>(
  what: string,
  look: () => T | Promise<T>,
  { within = 20_000 }: { readonly within?: number } = {},
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = performance.now() + within
  for (;;) {
    const seen = await look()
    if (isSomething(seen)) return seen
    if (performance.now() > deadline) throw new Error(`not so after ${within} ms: ${what}`)
    await sleep(5)
  }
}

/** The work's result; throws once `within` milliseconds are over. */
export async function inTime<T>(work: Promise<T>, what: string, within = 20_000): Promise<T> {
  let isDone = false
  const done = work.finally(() => (isDone = true))
  done.catch(() => {})
  await until(what, () => isDone, { within })
  return await done
}

function isSomething<T>(seen: T): seen is Exclude<T, false | null | undefined> {
  return seen !== false && seen !== null && seen !== undefined
}
