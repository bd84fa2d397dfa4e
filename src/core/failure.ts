/**
 * Every way to fail: the exit code an invoker sees and the hint for a person.
 * The README, `--help` and the tests read this table; nothing else knows an exit code.
 */
export const failures = {
  internal: { exitCode: 1, hint: 'this is a defect of mysql-quiesce: please report it with the log line' },
  usage: { exitCode: 2, hint: '--help lists what is understood' },
  'bad-setting': { exitCode: 3, hint: 'correct the setting at the place that is named' },
  'option-file-unreadable': { exitCode: 4, hint: 'make the file readable for root, or name another one' },
  'option-file-exposed': { exitCode: 5, hint: 'chown it to root and chmod 600' },
  'state-dir-unusable': { exitCode: 6, hint: 'it must be a directory of root, mode 0700, on tmpfs' },
  'record-dir-unusable': { exitCode: 7, hint: 'free space, or name another directory with record-dir' },
  busy: { exitCode: 10, hint: 'another snapshot is still running; its thaw, or hold-at-most, ends it' },
  cancelled: { exitCode: 11, hint: 'somebody let go before the lock was there; freeze again' },
  stopped: { exitCode: 12, hint: 'the invoker gave up waiting; give it more time, or lower freeze-within' },
  'locker-died': { exitCode: 13, hint: 'the log and locktables.log in the state directory say why' },
  'freeze-timeout': { exitCode: 14, hint: 'raise freeze-within, or find what keeps the server busy' },
  'launcher-died': { exitCode: 15, hint: 'look for the out-of-memory killer in the log of the kernel' },
  'lock-unavailable': { exitCode: 16, hint: 'set lock to one of those that this server can do, or to auto' },
  'redo-log-off': { exitCode: 17, hint: 'ALTER INSTANCE ENABLE INNODB REDO_LOG' },
  'thread-pool': {
    exitCode: 18,
    hint: 'set extra_port on the server and admin-port to it, or raise thread_pool_max_threads above max_connections',
  },
  'may-be-locked': {
    exitCode: 19,
    hint: 'type what is named, by extra_port or admin_port where nobody else gets in, or restart the server; discard this snapshot',
  },
  'server-unreachable': {
    exitCode: 20,
    hint: 'start the server, or name its socket or host in an option file',
  },
  'access-denied': {
    exitCode: 21,
    hint: 'correct user and password in the defaults-file, or the account on the server',
  },
  'privilege-missing': { exitCode: 22, hint: 'give the account what is named' },
  'too-many-connections': {
    exitCode: 23,
    hint: 'raise max_connections, or the limit that is named, or set admin-port; two connections are needed, three on a replica',
  },
  'no-quiet-moment': {
    exitCode: 24,
    hint: 'end the statement or session that is named, or raise freeze-within',
  },
  'lock-not-granted': {
    exitCode: 25,
    hint: 'end who is named, or raise freeze-within; where nobody is named the message says how to see who it is',
  },
  'flush-timeout': { exitCode: 26, hint: 'raise flush-within, or look why the disk is slow' },
  'connection-lost': { exitCode: 27, hint: "the server's error log says why it closed the connection" },
  'statement-failed': { exitCode: 28, hint: "the message is the server's own" },
  pressure: {
    exitCode: 29,
    hint: 'raise max_connections or max-connections-used, or freeze at a quieter time',
  },
  'not-consistent': { exitCode: 30, hint: 'discard this snapshot and take another' },
  'verdict-unknown': { exitCode: 31, hint: 'treat this snapshot as not consistent and take another' },
  'thaw-timeout': { exitCode: 32, hint: 'discard this snapshot; the log says what the locker was doing' },
  'replica-stopped': {
    exitCode: 33,
    hint: 'start the SQL threads that are named (START SLAVE, START REPLICA); the log says why they are stopped',
  },
  'login-failed': {
    exitCode: 34,
    hint: 'correct what is named, on the server or in the settings of TLS',
  },
  'not-a-source-tree': { exitCode: 40, hint: 'build works where the source is: clone the project' },
  'build-failed': { exitCode: 41, hint: 'the old bundle is still in place' },
  'not-a-bundle': { exitCode: 42, hint: 'name an empty folder, or one that build made' },
  'bundle-differs': { exitCode: 43, hint: 'build again' },
  'not-root': { exitCode: 50, hint: 'run it as root, or with --root DIR for a tree of your own' },
  'in-the-way': {
    exitCode: 51,
    hint: 'nothing was changed; move it away, or let install --chain keep programs and call them',
  },
  'locks-twice': { exitCode: 52, hint: 'choose one of the two' },
  'bundle-changed': { exitCode: 53, hint: 'unpack the archive again; what is installed was not touched' },
  'source-exposed': { exitCode: 54, hint: 'unpack it as root where only root can write, such as /root' },
  'target-unwritable': { exitCode: 55, hint: 'make it writable and run the same command again: it goes on' },
  'manifest-damaged': {
    exitCode: 56,
    hint: 'move the manifest away and install again: install finds what is ours; then uninstall works',
  },
  'not-installed': {
    exitCode: 57,
    hint: 'name the --prefix; if the manifest is lost, install again: then uninstall works',
  },
} as const

export type FailureCode = keyof typeof failures

/** A failure that is known: its message says what was seen, with its values; its code says the rest. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly code: FailureCode

  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }

  get exitCode(): number {
    return failures[this.code].exitCode
  }

  get hint(): string {
    return failures[this.code].hint
  }
}

/** Anything thrown, as a failure: what no line of the table foresees is `internal`. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  return new Failure('internal', error instanceof Error ? error.message : String(error), { cause: error })
}
