/** Several things that are there together, and go together. */
export interface Together<T> extends AsyncDisposable {
  readonly all: readonly T[]
}

/** All of them or none: where one does not come, those that do are disposed of, and its failure is thrown. */
export async function together<T extends AsyncDisposable>(
  coming: readonly Promise<T>[],
): Promise<Together<T>> {
  const came = await Promise.allSettled(coming)
  const all = came.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const missing = came.find((one) => one.status === 'rejected')
  if (missing === undefined) return { all, [Symbol.asyncDispose]: () => disposeOf(all) }
  await disposeOf(all)
  throw missing.reason
}

/** Waits for all, whatever becomes of each; then throws the first failure, if there is one. */
export async function allDone(works: readonly Promise<void>[]): Promise<void> {
  const done = await Promise.allSettled(works)
  const failed = done.find((one) => one.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

async function disposeOf(all: readonly AsyncDisposable[]): Promise<void> {
  await allDone(all.map(async (one) => one[Symbol.asyncDispose]()))
}
