import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { binlogInfo, formatCoordinates, formatFrozen } from '../../src/core/coordinates.ts'

const mysql = { file: 'binlog.000042', position: 1187, gtid: '4b37db7d-e4d0-11f1-9bdd-02fc00000001:1-11' }
const mariadb = { file: 'mysql-bin.000007', position: 4, gtid: '0-34015-2033' }

describe('coordinates', () => {
  for (const [coordinates, said, info] of [
    [mysql, 'binlog.000042:1187', 'binlog.000042\t1187\t4b37db7d-e4d0-11f1-9bdd-02fc00000001:1-11\n'],
    [mariadb, 'mysql-bin.000007:4', 'mysql-bin.000007\t4\t0-34015-2033\n'],
    [{ ...mysql, gtid: '' }, 'binlog.000042:1187', 'binlog.000042\t1187\t\n'],
    [null, 'no binary log', ''],
  ] as const) {
    test(`are said as ${said}`, () => assert.equal(formatCoordinates(coordinates), said))
    test(`are ${JSON.stringify(info)} in binlog_info, as xtrabackup_binlog_info has them`, () =>
      assert.equal(binlogInfo({ servers: [{ coordinates, coordinatesAre: 'stable' }] }), info))
  }

  test('that are not stable are in no binlog_info: who starts there would apply transactions twice', () => {
    assert.equal(binlogInfo({ servers: [{ coordinates: mysql, coordinatesAre: 'not stable' }] }), '')
  })

  for (const [coordinates, coordinatesAre, said] of [
    [mysql, 'stable', 'binlog.000042:1187'],
    [mysql, 'not stable', 'binlog.000042:1187 or later (coordinates not stable)'],
    [null, 'not stable', 'no binary log'],
  ] as const)
    test(`that are ${coordinatesAre} are said as ${said}`, () =>
      assert.equal(formatFrozen({ servers: [{ where: '/run/a.sock', coordinates, coordinatesAre }] }), said))

  test('of several servers are a line each in binlog_info, in their order, an empty one where they are not exact', () => {
    const servers = [
      { coordinates: mysql, coordinatesAre: 'stable' },
      { coordinates: null, coordinatesAre: 'stable' },
      { coordinates: mariadb, coordinatesAre: 'stable' },
    ] as const
    assert.equal(
      binlogInfo({ servers }),
      'binlog.000042\t1187\t4b37db7d-e4d0-11f1-9bdd-02fc00000001:1-11\n\nmysql-bin.000007\t4\t0-34015-2033\n',
    )
  })

  test('of several servers are said with the place of each', () => {
    const servers = [
      { where: '/run/a.sock', coordinates: mysql, coordinatesAre: 'stable' },
      { where: '/run/b.sock', coordinates: mariadb, coordinatesAre: 'not stable' },
    ] as const
    assert.equal(
      formatFrozen({ servers }),
      'binlog.000042:1187 of /run/a.sock, mysql-bin.000007:4 or later (coordinates not stable) of /run/b.sock',
    )
  })
})
