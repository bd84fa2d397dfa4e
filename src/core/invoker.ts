import { fieldsOf } from './fields.ts'

/** Who called pre-freeze-script, as the ticket, hold.json and the run line name it. */
export interface Invoker {
  /** One of the agents by its own name, or the name of the process that called, or what it says of itself. */
  readonly name: string
  /** Does it freeze file systems between freeze and thaw? */
  readonly freezes: 'yes' | 'no'
  /** Why it does, or does not, for people. */
  readonly why: string
}

/** An agent, as data of its platform: how it is known, and whether it freezes file systems. */
export interface Caller {
  readonly name: string
  /** Name of its process (/proc/PID/comm), anywhere above pre-freeze-script; none: only what is said tells. */
  readonly process?: string
  /**
   * Files that it runs for a backup. It is not this agent that called, but whoever uses it to run programs, where the process
   * below it runs another file. None: it runs nothing else.
   */
  readonly runs?: readonly string[]
  readonly freezes: 'always' | 'never' | Unless
}

/** It freezes unless all options of one of these groups are set so. */
export interface Unless {
  readonly path: string
  readonly group: string
  readonly anyOf: readonly { readonly keys: readonly string[]; readonly off: readonly string[] }[]
}

/** A process above pre-freeze-script. */
export interface Ancestor {
  readonly pid: number
  /** /proc/PID/comm: a script is called by its own file's name, cut off after 15 bytes. */
  readonly name: string
  readonly argv: readonly string[]
}

export interface Call {
  /** The value of MYSQL_QUIESCE_INVOKER, by which a script says who it works for; undefined where there is none. */
  readonly said: string | undefined
  /** The nearest first; the first is our own launcher. */
  readonly ancestors: readonly Ancestor[]
  readonly callers: readonly Caller[]
  /** What a configuration file sets; null where it does not. */
  readonly option: (path: string, group: string, key: string) => string | null
}

/**
 * Who called. What is said goes before what is seen, for the processes of a script that VMware Tools run for a Veeam job lead to
 * VMware Tools; then the nearest agent above us; then the process that called.
 */
export function invokerOf(call: Call): Invoker {
  const { said = '', ancestors, callers } = call
  if (isInvokerName(said)) return known(said, callers, call)
  const at = ancestors.findIndex(({ name }) => callers.some(({ process }) => process === name))
  const agent = at < 0 ? undefined : callers.find(({ process }) => process === ancestors[at]?.name)
  if (agent === undefined) return unknownAgent(ancestors[1]?.name ?? 'nobody')
  if (runsOurs(agent, ancestors, at)) return known(agent.name, callers, call)
  const why = `${agent.name} ran it as a program, not for a snapshot of its own`
  return { name: agent.name, freezes: 'no', why }
}

/** What may stand in MYSQL_QUIESCE_INVOKER. */
export function isInvokerName(text: string): boolean {
  return /^[\w.-]{1,40}$/.test(text)
}

export function isInvoker(value: unknown): value is Invoker {
  const { name, freezes, why } = fieldsOf(value)
  return typeof name === 'string' && (freezes === 'yes' || freezes === 'no') && typeof why === 'string'
}

/** Our own launcher right below the agent was run by it: through a link, or in the place of a script that made way for it. */
function runsOurs({ runs }: Caller, ancestors: readonly Ancestor[], at: number): boolean {
  if (runs === undefined || at <= 1) return true
  const below = ancestors[at - 1]?.argv.join(' ') ?? ''
  return runs.some((file) => below.includes(file))
}

function known(name: string, callers: readonly Caller[], { option }: Call): Invoker {
  const caller = callers.find((each) => each.name === name)
  if (caller === undefined) return unknownAgent(name)
  const { freezes } = caller
  if (freezes === 'always') return { name, freezes: 'yes', why: `${name} freezes the file systems` }
  if (freezes === 'never') return { name, freezes: 'no', why: `${name} freezes no file systems` }
  const { path, group, anyOf } = freezes
  const switchedOff = anyOf.find(({ keys, off }) =>
    keys.every((key) => off.includes(option(path, group, key)?.toLowerCase() ?? '')),
  )
  if (switchedOff === undefined) return { name, freezes: 'yes', why: `${name} freezes the file systems` }
  const what = `${switchedOff.keys.join(' and ')} of [${group}] in ${path}`
  return { name, freezes: 'no', why: `${name} was told not to freeze the file systems: ${what}` }
}

function unknownAgent(name: string): Invoker {
  return { name, freezes: 'no', why: `${name} is no agent that is known to freeze file systems` }
}
