import { join } from 'node:path'
import { sha256Of } from '../adapters/sha256.ts'
import type { ConfigOption } from '../platforms/platform.ts'
import { valueIn, withValue } from './agent-config.ts'
import type { Entry } from './manifest.ts'
import { isBundleId, keptName, leadsToCurrent } from './ours.ts'
import type { Step } from './step.ts'
import { describe, isProgram, isSame, type Lookup, type Thing } from './thing.ts'
import type { Wanted, WantedFile } from './wanted.ts'

/** What it takes to have one wanted thing. */
export interface Put {
  readonly steps: readonly Step[]
  /** What is then ours. */
  readonly entries: readonly Entry[]
  readonly inTheWay: readonly string[]
  readonly notes: readonly string[]
}

export interface Context {
  readonly prefix: string
  readonly former: readonly Entry[]
  readonly look: Lookup
  readonly others: 'leave' | 'chain'
}

/** A file of ours is written where it is missing or of an older bundle. One that was changed is its changer's. */
export function putFile(wanted: WantedFile, { former, look }: Context): Put {
  const { path, mode, sha256, role } = wanted
  const thing = look(path)
  const entry: Entry = { kind: 'file', path, sha256: [sha256] }
  const known = former.find((each) => each.kind === 'file' && each.path === path)
  if (thing.kind === 'absent') return put([writing(wanted)], [entry])
  if (thing.kind !== 'file') return inTheWay(`${path} is ${describe(thing)}`)
  const untouched = known?.kind === 'file' && known.sha256.includes(thing.sha256)
  if (role === 'operator') return operators(wanted, { thing, known, untouched })
  if (thing.sha256 === sha256 && (thing.mode === mode || role === 'config')) return put([], [entry])
  if (role === 'bundle') return put([writing(wanted)], [entry])
  if (untouched) return put([writing(wanted)], [entry])
  if (known) return put([], [known], [`${path} was changed and stays as it is`])
  return inTheWay(`${path} is there already, and not ours`)
}

interface OperatorsFile {
  readonly thing: Extract<Thing, { kind: 'file' }>
  readonly known: Entry | undefined
  readonly untouched: boolean
}

/** The option file is never written again, but for an import into the example as we put it there. */
function operators(wanted: WantedFile, { thing, known, untouched }: OperatorsFile): Put {
  const { path, sha256, content } = wanted
  const entries = known ? [known] : []
  if ('from' in content || thing.sha256 === sha256)
    return put([], entries, untouched ? [] : [`${path} stays as it is`])
  if (untouched) return put([writing(wanted)], [{ kind: 'file', path, sha256: [sha256] }])
  return inTheWay(`${path} is there already and is never overwritten: put user and password into it yourself`)
}

function writing({ path, mode, content }: WantedFile): Step {
  return 'from' in content
    ? { do: 'copy', path, mode, from: content.from }
    : { do: 'write', path, mode, text: content.text }
}

/** A link to the current bundle is ours. Anybody else's program is kept beside it when that was asked for, once. */
export function putLink({ path, target, chained }: Extract<Wanted, { kind: 'link' }>, context: Context): Put {
  const { former, look } = context
  const thing = look(path)
  const at = keptName(path)
  const kept = former.find((each) => each.kind === 'kept' && each.path === path)
  const isKept = kept !== undefined && look(at).kind !== 'absent'
  const leadsTo = isKept && chained !== undefined ? chained : target
  const entries: Entry[] = [...(isKept ? [kept] : []), { kind: 'link', path, targets: [leadsTo] }]
  const link: Step = { do: 'link', path, target: leadsTo }
  const isCalled = chained === undefined || leadsTo === chained
  const notes = isCalled || look(at).kind === 'absent' ? [] : [forgotten(path, at)]
  if (thing.kind === 'absent') return put([link], entries, notes)
  if (thing.kind === 'link' && thing.target === leadsTo) return put([], entries, notes)
  if (isOurs(thing, path, context)) return put([link], entries, notes)
  // Killed between the two steps of keeping it
  if (isKept && isSame(thing, look(at))) return put([link], entries)
  const why = whyNotKept(thing, { asked: context.others, chained, taken: look(at) })
  if (why !== null) return inTheWay(`${path} is ${describe(thing)}${why}`)
  return put(
    [
      { do: 'keep', path, at },
      { do: 'link', path, target: chained! },
    ],
    [
      { kind: 'kept', path, at },
      { kind: 'link', path, targets: [chained!] },
    ],
    [`${path} is kept as ${at} and called by ours`],
  )
}

function forgotten(path: string, at: string): string {
  return `${at} is there, and ours does not call it: if it has to be called, move it to ${path} and install with --chain`
}

/** The prefix may be a folder of others, who have links into it as well, and a `current` of their own. */
function isOurs(thing: Thing, path: string, { prefix, former }: Context): boolean {
  if (thing.kind !== 'link') return false
  const known = former.find((each) => each.kind === 'link' && each.path === path)
  if (known?.kind === 'link' && known.targets.includes(thing.target)) return true
  return path === join(prefix, 'current') ? isBundleId(thing.target) : leadsToCurrent(thing, prefix)
}

interface Keeping {
  readonly asked: 'leave' | 'chain'
  readonly chained: string | undefined
  readonly taken: Thing
}

/** Ends the sentence that says what is in the way; null: it can be kept. */
function whyNotKept(thing: Thing, { asked, chained, taken }: Keeping): string | null {
  if (chained === undefined || thing.kind === 'directory' || thing.kind === 'special') return ', and not ours'
  if (asked === 'leave') return ', and not ours'
  if (!isProgram(thing)) return ', which cannot be called'
  return taken.kind === 'absent' ? null : ', and the name to keep it by is taken'
}

export function putDirectory({ path, mode }: Extract<Wanted, { kind: 'directory' }>, context: Context): Put {
  const thing = context.look(path)
  const known = context.former.filter((each) => each.kind === 'directory' && each.path === path)
  if (thing.kind === 'absent')
    return put([{ do: 'make-directory', path, mode }], [{ kind: 'directory', path }])
  if (thing.kind === 'directory') return put([], known)
  return inTheWay(`${path} has to be a directory and is ${describe(thing)}`)
}

/** An option in a file of the agent: the rest of the file stays as it is, and so does a value that the operator chose. */
export function putOption(
  { path, option }: Extract<Wanted, { kind: 'option' }>,
  { former, look }: Context,
): Put {
  const thing = look(path)
  const known = former.find((each) => (each.kind === 'edited' || each.kind === 'file') && each.path === path)
  if (thing.kind === 'absent') return edited({ path, mode: 0o644, option, before: null, text: '' })
  if (thing.kind !== 'file' || thing.text === null) return inTheWay(`${path} is ${describe(thing)}`)
  const value = valueIn(thing.text, option)
  if (value === option.value) return put([], known ? [known] : [])
  if (value !== null && !option.insteadOf.includes(value))
    return inTheWay(
      `${path} names another hook, ${value}: link it into fsfreeze-hook.d and take that line out`,
    )
  return edited({ path, mode: thing.mode, option, text: thing.text, before: beforeUs(thing, known) })
}

/** The text that uninstall puts back; null: there was no such file. */
function beforeUs(thing: Extract<Thing, { kind: 'file' }>, known: Entry | undefined): string | null {
  if (known?.kind === 'edited' && known.sha256.includes(thing.sha256)) return known.before
  return known?.kind === 'file' && known.sha256.includes(thing.sha256) ? null : thing.text
}

interface Edit {
  readonly path: string
  readonly mode: number
  readonly option: ConfigOption
  readonly text: string
  readonly before: string | null
}

function edited({ path, mode, option, text, before }: Edit): Put {
  const after = withValue(text, option)
  const sha256 = [sha256Of(after)]
  const entry: Entry =
    before === null ? { kind: 'file', path, sha256 } : { kind: 'edited', path, before, sha256 }
  return put([{ do: 'write', path, mode, text: after }], [entry])
}

function put(steps: readonly Step[], entries: readonly Entry[], notes: readonly string[] = []): Put {
  return { steps, entries, notes, inTheWay: [] }
}

function inTheWay(what: string): Put {
  return { steps: [], entries: [], notes: [], inTheWay: [what] }
}
