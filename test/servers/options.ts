import type { ServerRecord } from './place.ts'

/** The server's family and version, which decide how it is started. */
export type Kind = Pick<ServerRecord, 'family' | 'version'>

export interface OptionsRequest extends Kind {
  readonly dataDir: string
  readonly socket: string
  /** 0: no TCP. */
  readonly port: number
}

/** Options that shape the files of a data directory, wanted when it is made and whenever it is used. */
export function layoutOptions(kind: Kind): readonly string[] {
  const small = ['--innodb-buffer-pool-size=64M', '--innodb-log-buffer-size=8M']
  const series = seriesOf(kind)
  if (kind.family === 'mariadb' || series < 8) small.push('--innodb-log-file-size=16M')
  else small.push('--innodb-redo-log-capacity=32M')
  if (kind.family === 'mysql' && series < 8) small.push('--explicit-defaults-for-timestamp')
  return small
}

/** What a server is started with: a binary log that loses nothing, row based, with GTIDs; small buffers. */
export function serverOptions({ dataDir, socket, port, ...kind }: OptionsRequest): readonly string[] {
  return [
    `--datadir=${dataDir}`,
    `--socket=${socket}`,
    `--pid-file=${dataDir}/mysqld.pid`,
    `--log-error=${dataDir}/error.log`,
    ...temporaryFiles({ dataDir, ...kind }),
    ...(port === 0 ? ['--skip-networking'] : ['--bind-address=127.0.0.1', `--port=${port}`]),
    `--server-id=${port || 1}`,
    '--log-bin=binlog',
    '--sync-binlog=1',
    '--innodb-flush-log-at-trx-commit=1',
    '--max-connections=60',
    '--secure-file-priv=',
    '--table-open-cache=256',
    '--table-definition-cache=400',
    ...layoutOptions(kind),
    ...replicationOptions(kind),
  ]
}

/**
 * A starting MariaDB removes every temporary table that it finds in its tmpdir: another server's as well, where two
 * share /tmp.
 */
export function temporaryFiles({ family, dataDir }: Kind & { readonly dataDir: string }): readonly string[] {
  return family === 'mariadb' ? [`--tmpdir=${dataDir}`] : []
}

function replicationOptions(kind: Kind): readonly string[] {
  const rows = '--binlog-format=ROW'
  if (kind.family === 'mariadb') return [rows]
  const gtid = ['--gtid-mode=ON', '--enforce-gtid-consistency=ON']
  const series = seriesOf(kind)
  if (series < 5.7) return [rows, ...gtid, '--log-slave-updates']
  // ROW is the default of 8.0, and the option is on its way out
  return series < 8 ? [rows, ...gtid] : [...gtid, '--mysqlx=OFF']
}

/** 5.7 of 5.7.29: enough to tell 5.6, 5.7 and what came after. */
function seriesOf({ version }: Kind): number {
  return Number(/^\d+\.\d+/.exec(version)?.[0])
}
