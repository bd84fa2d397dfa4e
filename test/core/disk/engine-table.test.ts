import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { engineRow, engineTable, recoveredEngines } from '../../../src/core/disk/engine-table.ts'
import { serverNames } from '../../servers/catalog.ts'

describe('the table of engines', () => {
  test('knows an engine however its name is written, and by its older names', () => {
    for (const [name, engine] of [
      ['InnoDB', 'InnoDB'],
      ['innodb', 'InnoDB'],
      ['RocksDB', 'ROCKSDB'],
      ['MRG_MYISAM', 'MRG_MyISAM'],
      ['HEAP', 'MEMORY'],
      ['Maria', 'Aria'],
      ['XtraDB', 'InnoDB'],
      ['NDB', 'ndbcluster'],
    ])
      assert.equal(engineRow(name!)?.engine, engine)
  })

  test('knows nothing of one that is not in it', () => {
    assert.equal(engineRow('Falcon'), undefined)
    assert.equal(engineRow('constructor'), undefined)
  })

  test('has each engine once', () => {
    const names = engineTable.map(({ engine }) => engine.toLowerCase())
    assert.deepEqual(names, [...new Set(names)])
  })

  test('says that it was seen on servers of the tests alone', () => {
    for (const { engine, seenOn } of engineTable)
      for (const name of seenOn)
        assert.ok(
          serverNames.some((known) => known === name),
          `${engine}: ${name}`,
        )
  })

  test('says of each engine without its rows in the snapshot why, and where they are elsewhere always', () => {
    for (const { engine, reach, missing } of engineTable)
      if (reach === 'elsewhere' || reach === 'foreign files') assert.ok(missing, engine)
      else if (missing !== undefined) assert.equal(reach, 'nothing on disk')
  })

  test('tells which engines recovery makes whole, or that keep nothing here', () => {
    for (const engine of ['InnoDB', 'ROCKSDB', 'MEMORY', 'BLACKHOLE', 'FEDERATED', 'ndbcluster'])
      assert.ok(recoveredEngines.includes(engine), engine)
    for (const engine of ['MyISAM', 'CSV', 'ARCHIVE', 'Aria', 'MRG_MyISAM', 'Mroonga', 'CONNECT'])
      assert.ok(!recoveredEngines.includes(engine), engine)
  })
})
