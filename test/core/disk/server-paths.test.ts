import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { serverPathsFrom, serverPathVariables } from '../../../src/core/disk/server-paths.ts'

describe('the paths of a server', () => {
  test('are those of its variables; what is relative lies in the data directory', () => {
    const rows = new Map([
      ['datadir', '/var/lib/mysql/'],
      ['log_bin_basename', '/logs/binlog'],
      ['log_bin_index', '/logs/binlog.index'],
      ['relay_log_basename', 'relay/relay-bin'],
      ['innodb_log_group_home_dir', './'],
      ['innodb_undo_directory', '.'],
      ['innodb_data_home_dir', ''],
      ['innodb_directories', '/fast;/slow/'],
      ['aria_log_dir_path', './aria'],
      ['socket', '/run/mysqld.sock'],
    ])
    assert.deepEqual(serverPathsFrom(rows), {
      dataDir: '/var/lib/mysql',
      folders: ['/var/lib/mysql', '/logs', '/var/lib/mysql/relay', '/fast', '/slow', '/var/lib/mysql/aria'],
      binaryLogDir: '/logs',
      socket: '/run/mysqld.sock',
    })
  })

  test('have those of tablespaces elsewhere', () => {
    const rows = new Map([
      ['datadir', '/data'],
      ['innodb_data_file_path', 'ibdata1:12M;/fast/ibdata2:1G:autoextend;/ibdata3:1G'],
    ])
    const { folders, binaryLogDir, socket } = serverPathsFrom(rows, ['/more/shop/t.ibd'])
    assert.deepEqual(folders, ['/data', '/fast', '/', '/more/shop'])
    assert.deepEqual([binaryLogDir, socket], [null, null])
  })

  test('of a name without a folder are in the data directory', () => {
    const rows = new Map([
      ['datadir', '/data'],
      ['log_bin_basename', 'binlog'],
    ])
    assert.equal(serverPathsFrom(rows).binaryLogDir, '/data')
  })

  test('are asked for by the names of the variables', () => {
    for (const name of ['datadir', 'relay_log_info_file', 'innodb_data_file_path', 'socket'])
      assert.ok(serverPathVariables.includes(name))
  })
})
