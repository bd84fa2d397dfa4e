/** A package of a Debian archive, at one version. */
export interface PackageVersion {
  readonly name: string
  readonly version: string
}

/** Where a Debian suite is, and its security updates. */
export interface Mirrors {
  readonly main: string
  readonly security: string
}

const debianSuites =
  /^(bullseye|bookworm|trixie|forky|duke|sid|stable|oldstable|oldoldstable|testing|unstable)$/
const securitySuites = /^[a-z]+(-security|\/updates)$/

/** The Debian archive's addresses in the output of `apt-get update --print-uris`; undefined: it names none. */
export function parseMirrors(printed: string): Mirrors | undefined {
  const releases = [...printed.matchAll(/^'(\S+?)\/dists\/(\S+)\/InRelease'/gm)]
  const addressOf = (suites: RegExp) => releases.find(([, , suite = '']) => suites.test(suite))?.[1]
  const main = addressOf(debianSuites)
  if (main === undefined) return undefined
  return { main, security: addressOf(securitySuites) ?? `${main}-security` }
}

/** What `apt-get -s install` would install: lines `Inst NAME (VERSION ...)`, with `[OLD]` before for an upgrade. */
export function parseSimulation(printed: string): PackageVersion[] {
  const lines = printed.matchAll(/^Inst (\S+) (?:\[[^\]]*\] )?\((\S+)/gm)
  return [...lines].map(([, name = '', version = '']) => ({ name, version }))
}

const libraries = /^(lib|zlib1g$)/
const needless = /^(libperl|libdebconf|libc-|libc6-|libgdbm|libtirpc-common)/

/** Of all that would be installed: what was asked for, and the libraries; no perl, debconf or documentation. */
export function choosePackages(
  all: readonly PackageVersion[],
  wanted: readonly string[],
): readonly PackageVersion[] {
  return all.filter(({ name }) => wanted.includes(name) || (libraries.test(name) && !needless.test(name)))
}

/** The version that `apt-cache policy NAME` would install; undefined: none. */
export function parseCandidate(printed: string): string | undefined {
  const version = /^ {2}Candidate: (\S+)$/m.exec(printed)?.[1]
  return version === '(none)' ? undefined : version
}

/** The SHA256 of each NAME=VERSION, from `apt-cache show`. */
export function parseHashes(printed: string): ReadonlyMap<string, string> {
  const field = (stanza: string, key: string) => new RegExp(`^${key}: (\\S+)$`, 'm').exec(stanza)?.[1]
  const hashes = new Map<string, string>()
  for (const stanza of printed.split(/\n\n+/)) {
    const hash = field(stanza, 'SHA256')
    if (hash) hashes.set(`${field(stanza, 'Package')}=${field(stanza, 'Version')}`, hash)
  }
  return hashes
}

/** Does this line of `apt-get download` say that a package is on its way? */
export function isDownload(line: string): boolean {
  return line.startsWith('Get:')
}
