import { failures } from '../../src/core/failure.ts'
import type { Commit } from './judge.ts'
import type { Ended, Freeze, Span, Thaw } from './stage.ts'

interface Seen {
  readonly freezes: readonly Freeze[]
  readonly thaws: readonly Thaw[]
  readonly commits: readonly Commit[]
}

/** A "consistent", and the freeze that it is of to the invoker; what was copied between the two is what it is about. */
export function promises({
  freezes,
  thaws,
}: Pick<Seen, 'freezes' | 'thaws'>): readonly { readonly freeze: Freeze; readonly thaw: Thaw }[] {
  return thaws.filter(isConsistent).flatMap((thaw) => {
    const freeze = frozenBefore(freezes, thaw)
    return freeze === undefined ? [] : [{ freeze, thaw }]
  })
}

/** Every "consistent" between whose freeze and thaw the writer committed, by its own account or by the copies. */
export function falseVerdicts({ freezes, thaws, commits }: Seen): readonly string[] {
  return promises({ freezes, thaws }).flatMap(({ freeze, thaw }) => {
    const between = commits.find(({ sentAt, doneAt }) => sentAt >= freeze.end!.at && doneAt <= thaw.began)
    const told = `"consistent", but row ${between?.n} was committed between the end of the freeze and the thaw`
    const grown = `"consistent", but a copy after the freeze ends with row ${freeze.copy}, one before the thaw with ${thaw.copy}`
    return [...(between ? [told] : []), ...((thaw.copy ?? 0) > (freeze.copy ?? Infinity) ? [grown] : [])]
  })
}

/** For how long the writer waited for a row, at most, in milliseconds; a server that we took away does not count. */
export function worstStall(commits: readonly Commit[], troubles: readonly Span[]): number {
  return Math.max(0, ...commits.map((commit) => commit.doneAt - commit.sentAt - lostIn(commit, troubles)))
}

/** Ends that no page of ours foresees, and what an agent cannot bear: several lines, or words on stderr. */
export function strangeEnds(ends: readonly Ended[]): readonly string[] {
  return ends.flatMap(({ exitCode, signal, stdout, stderr }) => [
    ...(isForeseen(exitCode, signal) ? [] : [`ended with ${exitCode ?? signal}: ${stdout}`]),
    ...(stderr === '' ? [] : [`said on stderr: ${stderr}`]),
    ...(/^[^\n]*\n?$/.test(stdout) ? [] : [`said more than a line: ${stdout}`]),
  ])
}

function isConsistent({ end }: Thaw): boolean {
  return end?.exitCode === 0 && /the snapshot is consistent/.test(end.stdout)
}

/**
 * To the invoker it is the last freeze that succeeded before this thaw. None where one that succeeds is under way: the thaw may be
 * its, and which of them was first, only they know (what is right then is said by test/quiesce/model.test.ts).
 */
function frozenBefore(freezes: readonly Freeze[], { began }: Thaw): Freeze | undefined {
  const succeeded = freezes.filter(({ end }) => hasSucceeded(end))
  if (succeeded.some((freeze) => freeze.began <= began && began < freeze.end!.at)) return undefined
  return succeeded
    .filter(({ end }) => end!.at <= began)
    .toSorted((a, b) => a.end!.at - b.end!.at)
    .at(-1)
}

/** A launcher that was killed has succeeded, to the invoker (reference: vmtoolsd). */
function hasSucceeded(end: Ended | undefined): boolean {
  return end?.exitCode === 0 || end?.signal === 'SIGKILL'
}

function lostIn({ sentAt, doneAt }: Commit, troubles: readonly Span[]): number {
  const lost = troubles.map(({ from, to }) => Math.max(0, Math.min(doneAt, to) - Math.max(sentAt, from)))
  return lost.reduce((sum, each) => sum + each, 0)
}

/** Of the failure table, `internal` excepted; 128 and the signal, where Node died of one; or of the signal that its launcher got. */
function isForeseen(exitCode: number | null, signal: NodeJS.Signals | null): boolean {
  if (exitCode === null) return signal === 'SIGKILL' || signal === 'SIGTERM'
  if ([0, 137, 143].includes(exitCode)) return true
  return Object.values(failures).some(
    (failure) => failure !== failures.internal && failure.exitCode === exitCode,
  )
}
