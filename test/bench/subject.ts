/** ours: the shipped executables. floor: the same lock and sync, and next to no process. baseline: the procedure of 2013. */
export type SubjectName = 'ours' | 'floor' | 'baseline'

export const subjectNames: readonly SubjectName[] = ['ours', 'floor', 'baseline']

/** One call to freeze or to thaw, in milliseconds of CLOCK_MONOTONIC. */
export interface Call {
  /** Just before it was made. */
  readonly begin: number
  /** When the caller saw that it was over. */
  readonly end: number
  /** How long `sync -f` took of it, where that was seen. */
  readonly synced?: number | undefined
}

/** Something that freezes and thaws a server, and is measured. */
export interface Subject {
  /** How long the hypervisor takes between freeze and thaw, in milliseconds. */
  readonly snapshot: number
  /** Makes ready what may be ready before anybody waits. */
  prepare(): Promise<void>
  freeze(): Promise<Call>
  thaw(): Promise<Call>
  /** The processes that hold the lock, while it is frozen. */
  lockers(): readonly number[]
}
