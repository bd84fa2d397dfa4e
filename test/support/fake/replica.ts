import type { ReplicaChannel } from '../../../src/core/replica.ts'

type SqlThread = ReplicaChannel['sqlThread']

/** The replication of a server: each SQL thread that runs applies whatever it can. */
export function fakeReplica(threads: Readonly<Record<string, SqlThread>>) {
  const channels = new Map(
    Object.entries(threads).map(([name, sqlThread]) => [name, { sqlThread, position: 4 }]),
  )
  let temporaryTables = 0
  return {
    channels: (): readonly ReplicaChannel[] =>
      [...channels].map(([name, { sqlThread, position }]) => ({
        name,
        source: '10.0.0.5:3306',
        file: 'binlog.000007',
        position,
        positionIs: 'exact',
        gtid: `a-source:1-${position}`,
        follows: 'GTID',
        sqlThread,
      })),
    set(name: string, sqlThread: SqlThread) {
      channels.get(name)!.sqlThread = sqlThread
    },
    /** How each SQL thread is, and how it was at first. */
    threads: () => ({
      now: Object.fromEntries([...channels].map(([name, { sqlThread }]) => [name, sqlThread])),
      usual: threads,
    }),
    /** The server starts again, and with it its replication. */
    comeBack() {
      for (const [name, channel] of channels) channel.sqlThread = threads[name]!
    },
    openTemporaryTables: () => temporaryTables,
    setTemporaryTables: (count: number) => void (temporaryTables = count),
    apply() {
      for (const channel of channels.values()) if (channel.sqlThread === 'running') channel.position += 100
    },
  }
}
