import type { BinaryLogEvent } from './binary-log-events.ts'
import type { InTheWay } from './blocker.ts'
import type { IdleHolder } from './idle-holder.ts'
import type { LockWait } from './not-shown.ts'
import type { Transport } from './connection.ts'
import type { Coordinates, Recorded } from './coordinates.ts'
import type { OwnLog } from './disk/own-log.ts'
import type { FileSystem } from './disk/disk-evidence.ts'
import type { ServerPaths } from './disk/server-paths.ts'
import type { Findings, LockView } from './findings.ts'
import type { FlushStatus, LogFlush } from './flush.ts'
import type { HandedOver } from './checks.ts'
import type { Hold } from './hold.ts'
import type { LockPlan } from './lock-choice.ts'
import type { LockName } from './lock-table.ts'
import type { Phase } from './phase.ts'
import type { Pulse } from './pressure.ts'
import type { ProcessIdentity } from './process.ts'
import type { Refusal } from './refusal.ts'
import type { ReplicaChannel } from './replica.ts'
import type { Server } from './server.ts'
import type { Statement } from './statement.ts'
import type { StoppedThreads } from './stopped-threads.ts'
import type { Ticket } from './ticket.ts'

/** Everything outside, worded as the domain wants it. `quiesce/` knows these; `adapters/` are these. */

/** The state directory: two lock files and hold.json. Each call is done when it returns. */
export interface Handshake {
  sight(): Sighting
  /** Creates both lock files, each with O_EXCL. Failure `busy` where one is there. */
  ask(ticket: Ticket): void
  /** The text of waitforsnapshot; null where it is not there. While it stays the same, nobody has let go. */
  asked(): string | null
  /** Removes waitforsnapshot, whoever made it; null where it was not there. */
  letGo(): LetGo | null
  /** Writes hold.json whole. */
  publish(hold: Hold): void
  /** Writes hold.json again where it is gone, or says something else; whether it had to. */
  restore(hold: Hold): boolean
  /** From here until it is disposed of, the others find this process as the locker, whatever becomes of the files. */
  attend(): Disposable
  /** The locker that attends, another process than this one; null where none does. Slow: it looks at every process. */
  attendant(): Attendant | null
  /** Removes waitforlock: the answer pre-freeze-script waits for. */
  answer(): void
  /** Removes both lock files where they have this text, as who asked for them gives up. */
  withdraw(text: string): void
  /** Removes what was seen, each file where it is still the same: that run is over and has been reported. */
  forget(seen: Pick<Sighting, 'texts'>): void
  /** Remembers a freeze that was refused, for the thaw of the same invoker; one for each invoker. */
  refuse(refusal: Refusal): void
  /** What is remembered of this invoker; null where its last freeze was not refused. */
  refusal(invoker: string): Refusal | null
  /** Forgets it: its freeze goes on, or its thaw has come. */
  admit(invoker: string): void
  /** Calls `look` after every change in the state directory; it may also be called without one. */
  watch(look: () => void): Disposable
}

/** A locker that was found without hold.json. */
export interface Attendant {
  readonly locker: ProcessIdentity
  /** Null where it was started by hand. */
  readonly run: string | null
  /** ISO 8601: when its process began. */
  readonly since: string
}

/** That waitforsnapshot was removed. */
export interface LetGo {
  /** The text it had, without the line end. */
  readonly asked: string
  /** `too early`: waitforlock was there, and so not the lock. */
  readonly came: 'in time' | 'too early'
}

/** The state directory at one glance. */
export interface Sighting {
  readonly phase: Phase
  readonly waitforlock: boolean
  readonly ticket: Ticket | null
  /** `unreadable`: hold.json is there and is no hold. */
  readonly hold: Hold | 'unreadable' | null
  readonly lockerAlive: boolean
  /** What the files held; null where one was not there. */
  readonly texts: Readonly<Record<'waitforlock' | 'waitforsnapshot' | 'hold.json', string | null>>
}

/** Starts locktables. */
export interface Lockers {
  start(run: string): Locker
}

/** Ends a locker that another process started: TERM, then KILL. Resolves to whether it is gone. */
export type EndLocker = (locker: ProcessIdentity) => Promise<boolean>

/** The locktables process that pre-freeze-script started, with its leash. */
export interface Locker {
  readonly pid: number
  /** Aborted when the process has ended; the reason says how. */
  readonly exited: AbortSignal
  /** Lets the locker off the leash: from here on it outlives pre-freeze-script. */
  handOver(): void
  /** TERM, then KILL. Resolves to whether it is gone. */
  end(): Promise<boolean>
}

/** One database server. Each method of its sessions is one thing we mean to send: there is no query(). */
export interface Database {
  observe(): Promise<Observer>
  /** A new connection for one attempt, made ready: time limits set, coordinates read once. */
  connect(plan: LockPlan, limits: { readonly lockWait: number; readonly holdAtMost: number }): Promise<Holder>
  /** A connection of its own for what may hang under our own lock. */
  replica(): Promise<ReplicaSession>
}

/**
 * The session that asks how far replication is, and stops and starts it. SHOW SLAVE STATUS may wait for the SQL thread, which waits
 * for our lock: so it is neither the holder's session nor the observer's.
 */
export interface ReplicaSession extends AsyncDisposable {
  /** Its socket, or its host and port. */
  readonly where: string
  /** None where it is no replica. Needs REPLICATION CLIENT, REPLICA MONITOR on MariaDB. */
  channels(): Promise<readonly ReplicaChannel[]>
  /** Of all SQL threads: temporary tables of statements, which a stopped SQL thread keeps and a restart loses. */
  openTemporaryTables(): Promise<number>
  /** Resolves when it has stopped. Needs REPLICATION_SLAVE_ADMIN or what was that before. */
  stopSqlThread(channel: string): Promise<void>
  /** Starting one that runs is no error. */
  startSqlThread(channel: string): Promise<void>
}

/** replica.json in the state directory: which SQL threads are stopped for a snapshot, so that they are started again whoever dies. */
export interface ReplicaJournal {
  /** `unreadable`: it is there and is no journal. */
  read(): StoppedThreads | 'unreadable' | null
  /** Writes it whole. */
  write(stopped: StoppedThreads): void
  forget(): void
}

/** The session that looks: it never holds the lock. */
export interface Observer extends AsyncDisposable {
  readonly server: Server
  /** Its socket, or its host and port. */
  readonly where: string
  readonly transport: Transport
  /** Its data directory and the host of that, which no two servers share; a copied server may share its server_uuid. */
  readonly home: string
  /** What this server can do, for this account. */
  findings(): Promise<Findings>
  pulse(): Promise<Pulse>
  /** What the server's sessions do, our own left out. */
  statements(): Promise<readonly Statement[]>
  /** Failure `privilege-missing` where other users' statements stay hidden: without PROCESS, nobody is seen in the way. */
  mayWatchOthers(): Promise<void>
  /**
   * `off`: by ALTER INSTANCE DISABLE INNODB REDO_LOG, on MySQL >= 8.0.21. A copy of such a server does not start, and no global lock
   * keeps anybody from switching it off (seen on 9.7). `always on`: other servers have nothing to switch.
   */
  redoLog(): Promise<'on' | 'off' | 'always on'>
  /** FLUSH NO_WRITE_TO_BINLOG ENGINE LOGS; resolves to what it has done, as the server is set now. Needs RELOAD. */
  flushLogs(): Promise<LogFlush>
  /** Needs PROCESS where only SHOW ENGINE INNODB STATUS tells the LSNs. */
  flushStatus(): Promise<FlushStatus>
  /** Storage engines, as SHOW ENGINES names them. */
  loadedEngines(): Promise<readonly string[]>
  /** Which of these have tables. */
  enginesWithTables(engines: readonly string[]): Promise<EnginesWithTables>
  /** What RocksDB says of its log; null where it is not loaded. */
  ownLog(): Promise<OwnLog | null>
  /** Has RocksDB write what it has in memory; false where this account may not: it needs SUPER. */
  flushOwnLog(): Promise<boolean>
  isConnected(connection: number): Promise<boolean>
  /** KILL CONNECTION of a session of our own; one that is gone already is no error. */
  endConnection(connection: number): Promise<void>
  /** KILL QUERY of a session's statement; one that is over already is no error. Somebody else's needs SUPER, or CONNECTION_ADMIN. */
  endStatement(session: number): Promise<void>
  /** Who has what the lock of that session waits for; nobody where the server does not show locks. */
  inTheWayOf(connection: number, look: LockLook): Promise<readonly InTheWay[]>
  /** Who rests and keeps a table in use; nobody where the server does not show locks. */
  idleHolders(view: LockView): Promise<readonly IdleHolder[]>
  /** What the lock of that session waits for; the tables in use are those that this account sees. */
  lockWait(connection: number): Promise<LockWait>
  /** Does the server show the lock of that session? Asked only where it shows locks. */
  lockSeen(connection: number, look: LockLook): Promise<boolean>
  /** Where it keeps its files. Needs PROCESS where tablespaces are listed (MySQL 8.0 and later). */
  paths(): Promise<ServerPaths>
  /** Where the binary log ends now; null where it is off. Needs REPLICATION CLIENT. */
  coordinates(): Promise<Coordinates | null>
  /**
   * The events of its binary log in one file, up to that position. Needs REPLICATION SLAVE; BINLOG MONITOR on MariaDB from 10.5.2 on.
   */
  binaryLogEvents(from: Coordinates, to: number): Promise<readonly BinaryLogEvent[]>
  /** Some tables whose engine has no transactions, the server's own left out. */
  unprotected(): Promise<readonly string[] | 'cannot-tell'>
}

/** `all`: the account sees every table, so the other engines have none. `cannot-tell`: there are too many tables to look through. */
export type EnginesWithTables = { readonly engines: readonly string[]; readonly all: boolean } | 'cannot-tell'

/** Which lock is looked for, and where the server shows it. */
export interface LockLook {
  readonly plan: Pick<LockPlan, 'seenAs' | 'passes'>
  readonly view: LockView
}

/** The session that holds the lock, and does nothing else. */
export interface Holder extends AsyncDisposable {
  readonly connection: number
  /** Aborted when the connection is gone, and with it the lock. */
  readonly lost: AbortSignal
  /** Failure `lock-not-granted` where the server refused in time: the session may hold the global lock all the same. */
  lock(): Promise<void>
  read(): Promise<Reading>
  unlock(): Promise<void>
}

/** What the holder's own session answers: CONNECTION_ID(), which server it is, and where the binary log ends, null where it is off. */
export interface Reading {
  readonly connection: number
  readonly uuid: string | null
  readonly coordinates: Coordinates | null
}

/** The disks of this machine. */
export interface Disks {
  /** Looks only; nobody waits for it. */
  find(server: ServerPlace): Promise<ServerDisks>
  /** The file system of record-dir, which must be there. */
  ofRecordDir(): Promise<FileSystem>
  /** Starts a program for each file system that waits for the word to sync it. */
  standReady(fileSystems: readonly FileSystem[]): ReadySync
  /** Starts a process that sees whether they stand still, for at most that many milliseconds. */
  watch(fileSystems: readonly FileSystem[], within: number): DiskWatch
}

/** A process beside this one that watches file systems; it ends with this. */
export interface DiskWatch extends Disposable {
  /** Resolves when it watches, or when it is known that it does not. */
  ready(): Promise<void>
  /** From here on what is seen counts, and freezes of 3 ms are seen too; before, only long ones. */
  beEager(): void
  /** What was seen up to now. It waits for no disk. */
  seen(): Promise<readonly SeenDisk[]>
}

export interface SeenDisk {
  readonly fileSystem: FileSystem
  /** How many milliseconds ago writes began to wait, and ceased to; null: they still wait. The last ones, the oldest first. */
  readonly stoodStill: readonly { readonly fromAgo: number; readonly untilAgo: number | null }[]
  /** Why it was not watched; null where it was. */
  readonly notWatched: string | null
}

/** What is needed to find the files of a server. */
export interface ServerPlace {
  readonly paths: ServerPaths
  readonly where: string
  readonly transport: Transport
  /** Where its binary log ends now. */
  readonly coordinates: () => Promise<Coordinates | null>
}

/** Where the files of a server are, as far as this process can tell. */
export interface ServerDisks {
  readonly fileSystems: readonly FileSystem[]
  /** Why they may not be all, or not the server's; empty where they are. */
  readonly doubts: readonly string[]
  /** Bytes of that file of its binary log; null where it is not there. */
  binaryLogSize(file: string): Promise<number | null>
}

/** Programs that stand ready to sync; those that still wait end with it. */
export interface ReadySync extends Disposable {
  /** Syncs all at once, in their order. One that hangs goes on by itself, and another stands ready for the next call. */
  sync(): Promise<readonly SyncResult[]>
}

/** `failed`: why, in the program's words. */
export interface SyncResult {
  readonly fileSystem: FileSystem
  /** milliseconds */
  readonly ms: number
  readonly failed: string | null
}

/** coordinates.json and binlog_info in record-dir. */
export interface Recorder {
  /** Resolves once the disk of record-dir takes changes; Failure `record-dir-unusable` where it does not within so many milliseconds. */
  ready(within: number): Promise<void>
  /** Makes the directory and opens the files for that many servers, so that under the lock only the writing is left. */
  open(servers: number): Promise<OpenRecord>
}

export interface OpenRecord extends AsyncDisposable {
  /** Whole, and under its name, when it resolves. */
  write(record: CoordinatesRecord): Promise<void>
  /** On disk when it resolves; for where its file system cannot be synced as a whole. */
  sync(): Promise<void>
}

/** What coordinates.json holds: an entry for each server of the set. */
export interface CoordinatesRecord {
  readonly run: string
  /** ISO 8601: everything was locked from here on. */
  readonly lockedAt: string
  /** ISO 8601: when the coordinates were read. */
  readonly at: string
  readonly servers: readonly RecordedServer[]
}

export interface RecordedServer extends Recorded {
  readonly where: string
  readonly server: Server
  readonly lock: LockName
}

/** The other end of locktables' stdin. */
export interface Leash {
  /** Aborted when pre-freeze-script has died without handing over. Never, where there is no leash. */
  readonly broken: AbortSignal
  /** Has pre-freeze-script let go of it, as it does when it says "frozen"? */
  handedOver(): HandedOver
  [Symbol.dispose](): void
}

export interface Clock {
  /** Milliseconds that only grow, whatever happens to the date. */
  now(): number
  /** The date, for what people read. */
  today(): Date
  /** Ends early, and quietly, when the signal aborts. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

export interface Log {
  info(facts: object, message: string): void
  warn(facts: object, message: string): void
  error(facts: object, message: string): void
}
