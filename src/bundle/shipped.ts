import { Failure } from '../core/failure.ts'
import { platforms } from '../platforms/all.ts'
import type { Shipped } from '../platforms/platform.ts'
import { shippedFor } from './artifacts.ts'
import type { BundleFile } from './checksum.ts'
import { render } from './render.ts'
import type { Source } from './source.ts'

/** A file that is shipped and not compiled, filled with the facts that it asks for. Throws `build-failed`. */
export function shippedFile(
  { name, mode, asks = [] }: Shipped,
  source: Source,
  stateDir: string,
): BundleFile {
  const text = source.shipped[name] ?? source.texts[name]
  if (text === undefined) throw new Failure('build-failed', `templates/ has no ${name}`)
  const facts = { runDir: forTmpfiles(stateDir) }
  const values = Object.fromEntries(asks.map((fact) => [fact, facts[fact]]))
  return { name, mode, content: render({ name: `templates/${name}`, text }, values) }
}

/** Throws `build-failed` for a template that no platform ships. */
export function refuseUnused({ shipped }: Source): void {
  const known = shippedFor(platforms).map(({ name }) => name)
  const unused = Object.keys(shipped).find((name) => !known.includes(name))
  if (unused !== undefined) throw new Failure('build-failed', `templates/${unused} is shipped by no platform`)
}

/** As tmpfiles.d(5) wants a path: below /run and not /var/run, quoted where it has to be, % doubled. */
function forTmpfiles(path: string): string {
  const run = path.replace(/^\/var\/run(?=\/)/, '/run').replaceAll('%', '%%')
  return /^[\w./%-]+$/.test(run) ? run : JSON.stringify(run)
}
