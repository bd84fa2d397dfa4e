import type { FaultName } from './faults.ts'
import { type Outcome, out } from './outcome.ts'
import type { Phase } from './phases.ts'

/** What comes out of a fault in a phase, or why the cell is not played. */
export type Cell = Outcome | string

export type Group = (typeof groups)[number]

export const groups = [
  'pre-freeze-script',
  'locktables',
  'post-thaw-script',
  'server',
  'invoker',
  'machine',
  'file systems',
] as const

export interface Row {
  readonly fault: FaultName
  readonly group: Group
  readonly cells: Readonly<Record<Phase, Cell>>
}

type Early = 'asking' | 'quiet wait' | 'FTWRL pending' | 'flushing' | 'recording'

/** `before`: in each phase before the record is on disk, unless the phase has its own. */
type Cells = { readonly before: Cell } & Readonly<Partial<Record<Early, Cell>>> &
  Readonly<Record<Exclude<Phase, Early>, Cell>>

const well = out('frozen', 'consistent')
/** The small file system that the fault needs is in memory: a record there is in no snapshot. */
const apart = out('frozen', 'verdict-unknown')
const broken = out('frozen', 'not-consistent')
const unknown = out('frozen', 'verdict-unknown')
/** Nobody can say that the server has let go. */
const locked = out('frozen', 'may-be-locked')
/** The observer asks one thing at the thaw, of a server that can tell it: whether it sees the lock. */
const asThatServerTells = out('frozen', ['consistent', 'verdict-unknown'])
const stopped = out('stopped', 'nothing to thaw')
const died = out('locker-died', 'nothing to thaw')
const late = out('freeze-timeout', 'nothing to thaw')
const cancelled = out('cancelled', 'nothing to thaw')
const disconnected = out('connection-lost', 'nothing to thaw')
const unreachable = out('server-unreachable', 'nothing to thaw')

/** The server answers nobody, and keeps what it has. */
const serverHangs: Cells = {
  before: late,
  asking: unreachable,
  // The session that asked for the lock cannot be ended either, and may have it: that is said first.
  'FTWRL pending': out(['may-be-locked', 'lock-not-granted', 'freeze-timeout'], 'nothing to thaw'),
  flushing: out('may-be-locked', 'nothing to thaw'),
  recording: locked,
  'handing over': locked,
  frozen: locked,
  // It may be heard again before a second is over.
  thawing: out('frozen', ['consistent', 'may-be-locked']),
  done: well,
}

const noFreeze = 'pre-freeze-script has ended'
const noThaw = 'post-thaw-script does not run'
const noLocker = 'locktables has ended'
const noHolder = 'there is no holder'
const noObserver = 'there is no observer'
const afterFreeze = { frozen: noFreeze, thawing: noFreeze, done: noFreeze }
const onlyThawing = { before: noThaw, 'handing over': noThaw, frozen: noThaw, done: noThaw }
const inOneTurn = 'from its decision to its end is one turn of its event loop: it allocates nothing'
const notBegun = 'its Node has not begun: whatever ends it looks like SIGKILL'

const readAtLogin = 'a session reads it when it begins, and ours then set their own'
const eachIsAThaw = 'each is a thaw, in the row above'
const openForWriting =
  'Linux makes no file system read-only while one of its files is open for writing: the record, and locktables.log'

/**
 * Faults x phases: the tests play the cells from here, and docs/faults.md is printed from here. `thaw` is the
 * post-thaw-script that follows, or that is part of the fault, or that runs when the fault comes.
 */
export const matrix: readonly Row[] = [
  row('pre-freeze-script', 'SIGKILL of pre-freeze-script', {
    before: out('exit 137', 'not-consistent'),
    'handing over': out('exit 137', 'not-consistent'),
    ...afterFreeze,
  }),
  row('pre-freeze-script', 'SIGTERM of pre-freeze-script', {
    before: stopped,
    'handing over': well,
    ...afterFreeze,
  }),
  row('pre-freeze-script', 'SIGSTOP of pre-freeze-script', {
    before: out(['locker-died', 'freeze-timeout'], 'nothing to thaw'),
    'handing over': broken,
    ...afterFreeze,
  }),
  row('pre-freeze-script', 'out of memory in pre-freeze-script', {
    before: out('exit 134', 'not-consistent'),
    'handing over': inOneTurn,
    ...afterFreeze,
  }),
  row('pre-freeze-script', 'SIGKILL of the launcher of pre-freeze-script', {
    before: out('SIGKILL', 'not-consistent'),
    'handing over': out('SIGKILL', 'consistent'),
    ...afterFreeze,
  }),
  row('pre-freeze-script', 'SIGTERM of the launcher of pre-freeze-script', {
    before: stopped,
    'handing over': well,
    ...afterFreeze,
  }),

  row('locktables', 'SIGKILL of locktables', {
    before: died,
    'handing over': broken,
    frozen: broken,
    thawing: broken,
    done: noLocker,
  }),
  row('locktables', 'SIGTERM of locktables', {
    before: stopped,
    asking: died,
    'handing over': broken,
    frozen: broken,
    thawing: well,
    done: noLocker,
  }),
  row('locktables', 'SIGSTOP of locktables', {
    before: late,
    'handing over': broken,
    frozen: broken,
    thawing: broken,
    done: noLocker,
  }),
  row('locktables', 'out of memory in locktables', {
    before: died,
    asking: notBegun,
    'handing over': broken,
    frozen: broken,
    thawing: 'between its last question and UNLOCK TABLES it allocates nothing',
    done: noLocker,
  }),

  row('post-thaw-script', 'SIGKILL of post-thaw-script', {
    ...onlyThawing,
    thawing: out('frozen', 'exit 137'),
  }),
  row('post-thaw-script', 'SIGTERM of post-thaw-script', {
    ...onlyThawing,
    thawing: out('frozen', 'exit 143'),
  }),
  row('post-thaw-script', 'SIGSTOP of post-thaw-script', { ...onlyThawing, thawing: well }),
  row('post-thaw-script', 'out of memory in post-thaw-script', {
    ...onlyThawing,
    thawing: out('frozen', 'exit 134'),
  }),
  row('post-thaw-script', 'SIGKILL of the launcher of post-thaw-script', {
    ...onlyThawing,
    thawing: out('frozen', 'SIGKILL'),
  }),

  row('server', 'SIGKILL of the server', {
    before: disconnected,
    asking: unreachable,
    'handing over': broken,
    frozen: broken,
    thawing: well,
    done: out('frozen', 'consistent'),
  }),
  row('server', 'restart of the server', {
    before: disconnected,
    asking: unreachable,
    'handing over': broken,
    frozen: broken,
    thawing: well,
    done: well,
  }),
  row('server', 'SIGSTOP of the server', serverHangs),
  row('server', 'KILL CONNECTION of the holder', {
    before: disconnected,
    asking: noHolder,
    'quiet wait': noHolder,
    'handing over': broken,
    frozen: broken,
    thawing: well,
    done: noHolder,
  }),
  row('server', 'KILL QUERY of the holder', {
    before: well,
    asking: noHolder,
    'quiet wait': noHolder,
    'handing over': well,
    frozen: well,
    thawing: well,
    done: noHolder,
  }),
  row('server', 'KILL CONNECTION of the observer', {
    before: disconnected,
    asking: noObserver,
    recording: asThatServerTells,
    'handing over': asThatServerTells,
    frozen: asThatServerTells,
    thawing: well,
    done: noObserver,
  }),
  row('server', 'KILL QUERY of the observer', {
    before: well,
    asking: noObserver,
    'quiet wait':
      'it is idle but for some milliseconds in each 100: either nothing happens, or statement-failed (28)',
    'handing over': well,
    frozen: well,
    thawing: well,
    done: noObserver,
  }),
  row('server', 'too many connections', {
    before: well,
    asking: out('too-many-connections', 'nothing to thaw'),
    'quiet wait': out('too-many-connections', 'nothing to thaw'),
    'handing over': well,
    frozen: well,
    thawing: well,
    done: well,
  }),
  row('server', 'a wait_timeout of 1 s', {
    before: readAtLogin,
    asking: well,
    'handing over': readAtLogin,
    frozen: readAtLogin,
    thawing: readAtLogin,
    done: readAtLogin,
  }),
  row('server', 'the network is cut', serverHangs),

  row('invoker', 'freezeFail', {
    before: out('cancelled', 'let go'),
    'handing over': out('frozen', 'let go'),
    frozen: out('frozen', 'let go'),
    thawing: out('frozen', ['let go', 'nothing to thaw']),
    done: out('frozen', 'nothing to thaw'),
  }),
  row('invoker', 'a thaw', {
    before: out('cancelled', 'not-consistent'),
    'handing over': broken,
    frozen: well,
    thawing: out('frozen', ['not-consistent', 'verdict-unknown', 'nothing to thaw']),
    done: out('frozen', 'nothing to thaw'),
  }),
  row('invoker', 'two thaws at once', {
    before: eachIsAThaw,
    'handing over': eachIsAThaw,
    frozen: out('frozen', ['consistent', 'not-consistent', 'verdict-unknown']),
    thawing: eachIsAThaw,
    done: eachIsAThaw,
  }),
  row('invoker', 'a second freeze', {
    before: well,
    'handing over': well,
    frozen: well,
    thawing: well,
    done: 'it is the next run',
  }),

  row('machine', 'the state directory is removed', {
    before: cancelled,
    'handing over': unknown,
    frozen: unknown,
    // post-thaw-script has looked at hold.json before, or has not.
    thawing: out('frozen', ['not-consistent', 'verdict-unknown']),
    done: well,
  }),
  row('machine', 'the state directory is replaced', {
    before: cancelled,
    // locktables may still say in the new one that somebody else let go.
    'handing over': out('frozen', ['not-consistent', 'verdict-unknown']),
    frozen: out('frozen', ['not-consistent', 'verdict-unknown']),
    thawing: out('frozen', ['consistent', 'not-consistent', 'verdict-unknown']),
    done: well,
  }),
  row('machine', 'the clock is set back', {
    before: well,
    'handing over': well,
    frozen: well,
    thawing: well,
    done: well,
  }),
  row('machine', 'the clock is set forward', {
    before: well,
    'handing over': well,
    frozen: well,
    thawing: well,
    done: well,
  }),
  row('machine', 'locktables dies and its pid is used again', {
    before: died,
    asking: 'nobody has written its pid yet',
    'handing over': broken,
    frozen: broken,
    thawing: broken,
    done: noLocker,
  }),
  row('machine', 'a reboot that leaves the files', {
    before: out('SIGKILL', 'not-consistent'),
    'handing over': out('SIGKILL', 'not-consistent'),
    frozen: broken,
    thawing: 'post-thaw-script has died with the machine: see frozen',
    done: well,
  }),

  row('file systems', 'the state directory is full', {
    before: died,
    // The thaw removes waitforsnapshot first: that may be all the space that hold.json needs.
    'handing over': out('frozen', ['consistent', 'not-consistent']),
    frozen: out('frozen', ['consistent', 'not-consistent']),
    thawing: broken,
    done: well,
  }),
  row('file systems', 'the state directory is read-only', {
    before: openForWriting,
    'handing over': openForWriting,
    frozen: openForWriting,
    thawing: openForWriting,
    done: well,
  }),
  row('file systems', 'record-dir is full', {
    before: apart,
    asking: out('record-dir-unusable', 'nothing to thaw'),
    'handing over': apart,
    frozen: apart,
    thawing: apart,
    done: apart,
  }),
  row('file systems', 'record-dir is read-only', {
    before:
      'Linux makes no file system read-only while one of its files is open for writing, and the record is',
    asking: out('record-dir-unusable', 'nothing to thaw'),
    'handing over': openForWriting,
    frozen: openForWriting,
    thawing: openForWriting,
    done: apart,
  }),
]

/** Faults that are no row, and why. */
export const elsewhere: readonly { readonly fault: string; readonly why: string }[] = [
  { fault: 'out of memory in the server', why: 'the kernel kills it: SIGKILL of the server' },
  {
    fault: 'SIGSTOP of a launcher',
    why: 'it only waits: its end comes later, and nothing else depends on it; `npm run torture` does it',
  },
  {
    fault: 'record-dir or the log on a frozen file system',
    why: 'between "frozen" and UNLOCK TABLES locktables writes into the state directory alone (test/e2e/record-and-log.test.ts traces it)',
  },
  {
    fault: 'a log that is full, read-only or missing',
    why: 'it changes no end, and the one line says so (test/e2e/record-and-log.test.ts)',
  },
  {
    fault: 'hold-at-most is over, and nobody thaws',
    why: 'no fault but the rule: test/e2e/deaths.test.ts; it also ends the runs of SIGSTOP above',
  },
]

function row(group: Group, fault: FaultName, { before, ...cells }: Cells): Row {
  const early = {
    asking: before,
    'quiet wait': before,
    'FTWRL pending': before,
    flushing: before,
    recording: before,
  }
  return { group, fault, cells: { ...early, ...cells } }
}
