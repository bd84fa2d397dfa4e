import { Failure } from '../../core/failure.ts'
import type { Bundle, BuildOrder } from '../build.ts'
import type { Difference } from '../compare.ts'

/** Stands in the shipped command where bundle/build.ts stands in the source: a bundle does not hold its generator. */
export function build(_order: BuildOrder): Promise<Bundle> {
  throw noSource()
}

/** As above. */
export function check(_order: BuildOrder): Promise<readonly Difference[]> {
  throw noSource()
}

function noSource(): Failure {
  return new Failure(
    'not-a-source-tree',
    'this mysql-quiesce is itself a built file, and the source is not in it',
  )
}
