import type { TestContext } from 'node:test'
import { dir } from 'tmp-promise'

/** An empty folder for one test. */
export async function scratch(t: TestContext): Promise<string> {
  const { path, cleanup } = await dir({ unsafeCleanup: true })
  t.after(() => cleanup())
  return path
}
