import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { readArguments } from '../../src/adapters/arguments.ts'

describe('the command line', () => {
  for (const words of [['freeze'], ['thaw'], ['freezeFail'], [], [''], ['freeze', 'extra'], ['', '']]) {
    test(`of an agent may be ${JSON.stringify(words)}`, () => {
      assert.deepEqual(readArguments(words), { flags: {}, own: {}, words })
    })
  }

  test('has flags before, between and after the words', () => {
    assert.deepEqual(readArguments(['--lock-wait=2s', 'freeze', '--config', '/a', 'x', '--', '--y']), {
      flags: { 'lock-wait': ['2s'], config: ['/a'] },
      own: {},
      words: ['freeze', 'x', '--y'],
    })
  })

  test('has what was given again and again, in its order, and _ for -', () => {
    assert.deepEqual(readArguments(['--lock_wait=a_b', '--lock_wait', '2s', '--record_dir=/a_b']).flags, {
      'lock-wait': ['a_b', '2s'],
      'record-dir': ['/a_b'],
    })
  })

  test('may have flags that one executable knows, and no other', () => {
    const { flags, own } = readArguments(['--run=1', '--user=u'], ['run'])
    assert.deepEqual([flags, own], [{ user: ['u'] }, { run: '1' }])
    assert.throws(() => readArguments(['--run=1']), { code: 'usage', message: 'there is no option --run' })
  })

  for (const [argv, message] of [
    [['--lock-wiat=2s'], 'there is no option --lock-wiat; did you mean lock-wait?'],
    [['--verbose'], 'there is no option --verbose'],
    [['-v'], 'there is no option -v'],
    [['--lock-wait'], '--lock-wait has no value'],
    [['--lock-wait', '--config=/a'], '--lock-wait has no value'],
  ] as const) {
    test(`is refused with ${argv.join(' ')}`, () => {
      assert.throws(() => readArguments(argv), { code: 'usage', message })
    })
  }

  for (const argv of [
    ['--password=secret'],
    ['--password', 'secret'],
    ['-psecret'],
    ['-p', 'secret'],
    ['--password'],
  ]) {
    test(`takes no password, does not repeat it and says where it belongs: ${argv.join(' ')}`, () => {
      assert.throws(() => readArguments(argv), {
        code: 'bad-setting',
        message:
          /^--?p(?:assword)?: every user of this machine can read a command line; .* defaults-file, in \[client\]$/,
      })
    })
  }
})
