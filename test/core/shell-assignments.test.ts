import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { shellAssignments } from '../../src/core/shell-assignments.ts'

const read = (text: string): Record<string, string> =>
  Object.fromEntries(shellAssignments(text, ['USERNAME', 'PASSWORD'], 'qemu.conf'))

/** What sh itself makes of it. */
function sourced(text: string): Record<string, string> {
  const { stdout } = spawnSync('dash', ['-c', `${text}\nprintf '%s\\0' "$USERNAME" "$PASSWORD"`], {
    encoding: 'utf8',
  })
  const [user = '', password = ''] = stdout.split('\0')
  return { USERNAME: user, PASSWORD: password }
}

describe('assignments of sh', () => {
  for (const [what, text, expected] of [
    ['plain', 'USERNAME=root\nPASSWORD=secret\n', { USERNAME: 'root', PASSWORD: 'secret' }],
    ['in double quotes', 'PASSWORD="p a \\"s\\" \\$x \\\\ \\y"\n', { PASSWORD: 'p a "s" $x \\ \\y' }],
    ['in single quotes', "PASSWORD='$(rm -rf /) `x` \\'\n", { PASSWORD: '$(rm -rf /) `x` \\' }],
    ['of several pieces', 'PASSWORD=a\'b c\'"d e"f\\ g\n', { PASSWORD: 'ab cd ef g' }],
    ['with a comment after it', 'PASSWORD=x # the one\n', { PASSWORD: 'x' }],
    ['with # in it', 'PASSWORD=#x#y\n', { PASSWORD: '#x#y' }],
    ['with what only looks like a pattern', 'PASSWORD=a*b?[c]!\n', { PASSWORD: 'a*b?[c]!' }],
    ['without a value', 'USERNAME=root\nPASSWORD=\n', { USERNAME: 'root', PASSWORD: '' }],
    ['exported', 'export PASSWORD="x"\n', { PASSWORD: 'x' }],
    ['two on a line', 'USERNAME=a PASSWORD=b\n', { USERNAME: 'a', PASSWORD: 'b' }],
    ['two on a line, with ;', 'USERNAME=a; PASSWORD=b\n', { USERNAME: 'a', PASSWORD: 'b' }],
    ['made twice', 'PASSWORD=a\nPASSWORD=b\n', { PASSWORD: 'b' }],
    ['over two lines', "PASSWORD='a\nb'\n", { PASSWORD: 'a\nb' }],
    ['with a continued line', 'PASSWORD=a\\\nb\n', { PASSWORD: 'ab' }],
    ['without a last line feed', 'PASSWORD=x', { PASSWORD: 'x' }],
    ['of other variables', 'MYSQL=/usr/bin/mysql\n# PASSWORD=old\nMY_PASSWORD=x\n', {}],
  ] as const) {
    test(`are read as sh reads them: ${what}`, () => {
      assert.deepEqual(read(text), expected)
      assert.deepEqual(sourced(text), { USERNAME: '', PASSWORD: '', ...expected })
    })
  }

  test('end with the line where it ends as on DOS', () => {
    assert.deepEqual(read('USERNAME="root"\r\nPASSWORD=x\r\n'), { USERNAME: 'root', PASSWORD: 'x' })
  })

  for (const [text, message] of [
    [
      'PASSWORD=$(cat /x)\n',
      'qemu.conf:1: PASSWORD is computed by sh ($, ` or ~), and nothing of it is executed',
    ],
    [
      'USERNAME=a\nPASSWORD="`cat /x`"\n',
      'qemu.conf:2: PASSWORD is computed by sh ($, ` or ~), and nothing of it is executed',
    ],
    [
      'PASSWORD="\\\\$x"\n',
      'qemu.conf:1: PASSWORD is computed by sh ($, ` or ~), and nothing of it is executed',
    ],
    ['PASSWORD=~/x\n', 'qemu.conf:1: PASSWORD is computed by sh ($, ` or ~), and nothing of it is executed'],
    ['PASSWORD="x\n', 'qemu.conf:1: PASSWORD has a quote that is not closed'],
    ['PASSWORD=x rm -rf /\n', 'qemu.conf:1: PASSWORD is followed by something that sh would run'],
    ['PASSWORD=x|y\n', 'qemu.conf:1: PASSWORD is followed by something that sh would run'],
    ['PASSWORD=(a b)\n', 'qemu.conf:1: PASSWORD is followed by something that sh would run'],
    ['PASSWORD=a&\n', 'qemu.conf:1: PASSWORD is followed by something that sh would run'],
  ] as const) {
    test(`are refused where sh would compute or run something: ${JSON.stringify(text)}`, () => {
      assert.throws(() => read(text), { code: 'bad-setting', message })
    })
  }

  test('are, for any text, what sh makes of it, or refused', () => {
    const pieces = ['a', ' ', "'", '"', '\\', '#', '$', '`', '~', ':', ';', '=', '*', '\n', 'x y']
    const word = fc.array(fc.constantFrom(...pieces), { maxLength: 8 }).map((each) => each.join(''))
    const calls = { read: 0 }
    fc.assert(
      fc.property(word, (value) => {
        const text = `PASSWORD=${value}`
        const ours = attempt(text)
        if (ours === null || /[\n;]/.test(value)) return
        calls.read += 1
        assert.deepEqual({ USERNAME: '', PASSWORD: '', ...ours }, sourced(text))
      }),
      { numRuns: 300 },
    )
    assert.ok(calls.read > 20)
  })

  function attempt(text: string): Record<string, string> | null {
    try {
      return read(text)
    } catch {
      return null
    }
  }
})
