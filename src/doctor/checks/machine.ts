import type { Phase } from '../../core/phase.ts'
import { type Check, notApplicable, ok, problem, warning } from '../check.ts'

/** What we write to, and what keeps us from it. */
export interface MachineFacts {
  readonly uid: number
  readonly stateDir: {
    readonly path: string
    /** A sentence where it would be refused. */
    readonly refused: string | null
    readonly isThere: boolean
    readonly memory: boolean
    /** Null where it cannot be read. */
    readonly phase: Phase | null
  }
  /** Paths as tmpfiles.d has them: the entry that install puts there, and whether it names the directory. */
  readonly tmpfiles: { readonly path: string; readonly is: 'naming it' | 'not naming it' | 'missing' }
  readonly recordDir: PlaceToWrite | null
  readonly log: PlaceToWrite | null
}

/** A file or folder that we write to, or the nearest folder above it that is there. */
export interface PlaceToWrite {
  readonly path: string
  /** A sentence: `read-only file system (EROFS)`. */
  readonly refused: string | null
  readonly memory: boolean
  /** Bytes for root. */
  readonly free: number
}

/** Less would not hold a record, a run's log lines and what else is written meanwhile. */
const enough = 1_000_000

export function judgeMachine({ uid, stateDir, tmpfiles, recordDir, log }: MachineFacts): Check[] {
  return [
    uid === 0
      ? ok('root', 'looking with the eyes of the agents')
      : warning('root', `looking as user ${uid}, and not as the agents do`, 'run it as root'),
    state(stateDir),
    entry(tmpfiles),
    phase(stateDir),
    ...(recordDir ? [record(recordDir)] : []),
    ...(log ? [place('log', log)] : []),
  ]
}

function state({ path, refused, isThere, memory }: MachineFacts['stateDir']): Check {
  const name = 'state directory'
  if (refused !== null) return problem(name, refused, 'it must be a directory of root, mode 0700, on tmpfs')
  if (!memory)
    return problem(
      name,
      `${path} is on a disk, which is frozen when the lock files have to go`,
      'mount a tmpfs at /run, or build with --set state-dir=DIR',
    )
  return ok(name, isThere ? `${path}, on tmpfs` : `${path} will be on tmpfs; the first freeze makes it`)
}

function entry({ path, is }: MachineFacts['tmpfiles']): Check {
  if (is === 'naming it') return ok('tmpfiles.d', `${path} makes it at boot`)
  return warning(
    'tmpfiles.d',
    is === 'missing' ? `there is no ${path}` : `${path} does not name the state directory`,
    'run install again; until then a freeze makes the directory',
  )
}

function phase({ phase: seen, path }: MachineFacts['stateDir']): Check {
  const name = 'phase'
  if (seen === null) return notApplicable(name, `${path} cannot be read`)
  if (seen === 'thawed') return ok(name, 'thawed: nobody has asked for a lock')
  if (seen === 'abandoned')
    return warning(
      name,
      'abandoned: a run left its lock files, and its locker is gone',
      'nothing: the next freeze clears them away',
    )
  return warning(name, `${seen}: a run is in progress`, 'wait for its thaw, or see mysql-quiesce status')
}

function record(directory: PlaceToWrite): Check {
  const check = place('record-dir', directory)
  if (check.result !== 'ok' || !directory.memory) return check
  return warning(
    'record-dir',
    `${directory.path} is in memory, so the coordinates are not in the snapshot`,
    'name a directory on a disk with record-dir',
  )
}

function place(name: string, { path, refused, free }: PlaceToWrite): Check {
  if (refused !== null)
    return problem(
      name,
      refused,
      `make it writable for root, or name another one with ${name === 'log' ? 'log-file' : name}`,
    )
  if (free < enough) return problem(name, `${path}: ${free} bytes are free`, 'free some space')
  return ok(name, `${path} can be written`)
}
