import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerTo, complaintsOf, rowsWritten, troubleIn, writerRowsOf } from './answers.ts'

test('CHECK TABLE has nothing against a table whose one row is status OK', () => {
  assert.deepEqual(complaintsOf('demo.t\tcheck\tstatus\tOK'), [])
})

test('a warning of CHECK TABLE is a complaint, even where the status is OK', () => {
  const warning = "1 client is using or hasn't closed the table properly"
  assert.deepEqual(complaintsOf(`demo.t\tcheck\twarning\t${warning}\ndemo.t\tcheck\tstatus\tOK`), [warning])
})

test('complaints are what CHECK TABLE of a torn MyISAM table says, without its spaces', () => {
  const rows = [
    'demo.t\tcheck\terror\tSize of indexfile is:     1024        Should be: 30720',
    'demo.t\tcheck\terror\tCorrupt',
  ]
  assert.deepEqual(complaintsOf(rows.join('\n')), ['Size of indexfile is: 1024 Should be: 30720', 'Corrupt'])
})

test('a writer whose rows are all lost has none of them', () => {
  assert.deepEqual(writerRowsOf('1\t5\t5\n3\t4\t6', 3), [
    { count: 5, highest: 5 },
    { count: 0, highest: 0 },
    { count: 4, highest: 6 },
  ])
  assert.deepEqual(writerRowsOf('', 1), [{ count: 0, highest: 0 }])
})

// SHOW BINLOG EVENTS of MariaDB 10.11
const events = [
  'binlog.000001\t294001\tGtid\t1\t294043\tBEGIN GTID 0-1-801',
  "binlog.000001\t294043\tAnnotate_rows\t1\t294120\tINSERT INTO demo.a VALUES (6,100,'(demo.a)')",
  'binlog.000001\t294120\tTable_map\t1\t294168\ttable_id: 20 (demo.b)',
  'binlog.000001\t294168\tWrite_rows_v1\t1\t294229\ttable_id: 20 flags: STMT_END_F',
  'binlog.000001\t294229\tTable_map\t1\t294277\ttable_id: 19 (demo.a)',
  'binlog.000001\t294277\tWrite_rows_v1\t1\t294338\ttable_id: 19 flags: STMT_END_F',
  'binlog.000001\t294338\tXid\t1\t294369\tCOMMIT /* xid=1592 */',
].join('\n')

const counted: readonly { table: string; upTo: number; rows: number }[] = [
  { table: 'demo.a', upTo: 294369, rows: 1 },
  { table: 'demo.b', upTo: 294369, rows: 1 },
  { table: 'demo.a', upTo: 294229, rows: 0 },
  { table: 'demo.c', upTo: 294369, rows: 0 },
]

for (const { table, upTo, rows } of counted) {
  test(`the binary log has ${rows} row(s) of ${table} up to position ${upTo}`, () => {
    assert.equal(rowsWritten(events, table, upTo), rows)
  })
}

test('of all that a client prints when it fails, the line with the error is the trouble', () => {
  const printed =
    "Error: mysql: Command failed with exit code 1: mysql --batch:\n--------------\nERROR 145 (HY000) at line 1: Table 't' is marked as crashed"
  assert.equal(troubleIn(printed), "ERROR 145 (HY000) at line 1: Table 't' is marked as crashed")
  assert.equal(troubleIn('Error: no server\nat all'), 'Error: no server')
})

test('a question that fails has its trouble for an answer', async () => {
  assert.deepEqual(await answerTo(Promise.resolve(7)), { is: 7 })
  assert.deepEqual(await answerTo(Promise.reject(new Error('gone'))), { trouble: 'Error: gone' })
})
