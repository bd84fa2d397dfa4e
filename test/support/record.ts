import * as fc from 'fast-check'

/** A record as JSON.parse makes it, so that deepEqual finds them equal. */
export function record<T>(model: { [Name in keyof T]: fc.Arbitrary<T[Name]> }): fc.Arbitrary<T> {
  return fc.record<T>(model, { noNullPrototype: true })
}
