import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serverNames } from '../servers/catalog.ts'
import { benchArguments } from './arguments.ts'

test('without arguments: 20 rounds of everything on MariaDB 10.11, and nothing is written', () => {
  assert.deepEqual(benchArguments([]), {
    server: 'mariadb-10.11',
    servers: [],
    blockers: [],
    dirty: false,
    nodes: false,
    sets: [],
    watch: undefined,
    rounds: 20,
    baselineRounds: 20,
    only: ['ours', 'floor', 'baseline'],
    bundle: 'dist-scripts',
    into: undefined,
  })
})

test('--write writes into docs, --into into another folder', () => {
  assert.equal(benchArguments(['--write']).into, 'docs')
  assert.equal(benchArguments(['--write', '--into', '/tmp/x']).into, '/tmp/x')
  assert.equal(benchArguments(['--into=/tmp/x']).into, '/tmp/x')
})

test('--blockers is for all servers, or the one that is named', () => {
  assert.deepEqual(benchArguments(['--blockers']).blockers, serverNames)
  assert.deepEqual(benchArguments(['--blockers', '--server=mysql-5.7']).blockers, ['mysql-5.7'])
})

test('--servers is for all servers or the one that is named, with one round of the baseline', () => {
  const { servers, rounds, baselineRounds } = benchArguments(['--servers'])
  assert.deepEqual(
    { servers, rounds, baselineRounds },
    { servers: serverNames, rounds: 20, baselineRounds: 1 },
  )
  assert.deepEqual(benchArguments(['--servers', '--server=mysql-5.7']).servers, ['mysql-5.7'])
})

test('--dirty is for MariaDB 11.8, unless another is named, and has fewer rounds', () => {
  const { dirty, server, rounds } = benchArguments(['--dirty'])
  assert.deepEqual({ dirty, server, rounds }, { dirty: true, server: 'mariadb-11.8', rounds: 5 })
  assert.equal(benchArguments(['--dirty', '--server=mysql-9.7']).server, 'mysql-9.7')
})

test('--sets is for sets of 1, 4 and 8 servers', () => {
  assert.deepEqual(benchArguments(['--sets']).sets, [1, 4, 8])
})

test('--only may be repeated', () => {
  assert.deepEqual(benchArguments(['--only', 'ours', '--only', 'floor']).only, ['ours', 'floor'])
})

const refused: readonly (readonly [args: string[], message: RegExp])[] = [
  [['--rounds', '0'], /--rounds 0 is not a number from 1 to 9999/],
  [['--baseline-rounds', 'x'], /--baseline-rounds x is not a number/],
  [['--only', 'theirs'], /no subject theirs; the subjects are ours floor baseline/],
  [['--server', 'oracle'], /no server oracle; the servers are .*mariadb-10.11/],
  [['--only', 'ours', '--write'], /--write and --only do not go together/],
  [['--fast'], /--fast/],
  [['now'], /now/],
]

for (const [args, message] of refused) {
  test(`${args.join(' ')} is refused`, () => {
    assert.throws(() => benchArguments(args), message)
  })
}
