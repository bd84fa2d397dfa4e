import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { Failure } from '../../src/core/failure.ts'
import { parseOptionFile } from '../../src/core/option-file.ts'

describe('a line of an option file', () => {
  for (const [line, name, value] of [
    ['user=root', 'user', 'root'],
    ['  user  =  root  ', 'user', 'root'],
    ['\tuser\v=\froot\r', 'user', 'root'],
    ['user=', 'user', ''],
    ['ssl', 'ssl', null],
    ['ssl # on', 'ssl', null],
    ['a b = c d', 'a b', 'c d'],
    ['=v', '', 'v'],
    ['a = = b', 'a', '= b'],
    ['--a=1', '--a', '1'],
    ['loose-lock_wait=1', 'loose-lock_wait', '1'],
    ['a=b;c', 'a', 'b;c'],
    ['a=b#c', 'a', 'b'],
    ['a=#b', 'a', ''],
    ['a#b=c', 'a', null],
    ['a="b#c" # d', 'a', 'b#c'],
    ["a='b#c' # d", 'a', 'b#c'],
    ["a=it's #1", 'a', "it's #1"],
    [`a='it\\'s' # b`, 'a', "it's"],
    ['a=\\#b', 'a', '\\'],
    ['a="b" c', 'a', '"b" c'],
    [`a='b' 'c'`, 'a', "b' 'c"],
    [`a="b'`, 'a', `"b'`],
    ['a="', 'a', '"'],
    ['a=""', 'a', ''],
    ["a=' b '", 'a', ' b '],
    ['"a=b"', '"a', 'b"'],
    ['a=\\s\\t\\n\\r\\b\\\\\\"\\\'', 'a', ' \t\n\r\b\\"\''],
    ['a=\\x\\0\\N\\%', 'a', '\\x\\0\\N\\%'],
    ['a=C:\\\\dir\\', 'a', 'C:\\dir\\'],
    ['a="\\"', 'a', '\\'],
    ['a=été', 'a', 'été'],
    ['a=1\rb=2', 'a', '1\rb=2'],
  ] as const) {
    test(`${JSON.stringify(line)} is ${JSON.stringify(name)}, ${JSON.stringify(value)}`, () => {
      assert.deepEqual(parseOptionFile(`[g]\n${line}\n`, 'FILE'), [
        { kind: 'option', group: 'g', name, value, line: 2 },
      ])
    })
  }

  for (const line of [
    '',
    '   ',
    '# a=1',
    ' \t;a=1',
    '\r',
    '!foo',
    '!includefoo x',
    '![g]',
    '!',
    '!INCLUDE x',
  ]) {
    test(`${JSON.stringify(line)} says nothing`, () => {
      assert.deepEqual(parseOptionFile(`[g]\n${line}\n`, 'FILE'), [])
    })
  }

  for (const [line, kind, path] of [
    ['!include /a', 'include', '/a'],
    [' ! include\t/a b \r', 'include', '/a b'],
    ['!includedir /etc/mysql/conf.d/ # all', 'includedir', '/etc/mysql/conf.d/'],
    ['!include "/a"', 'include', '"/a"'],
  ] as const) {
    test(`${JSON.stringify(line)} is an ${kind} of ${path}`, () => {
      assert.deepEqual(parseOptionFile(line, 'FILE'), [{ kind, path, line: 1 }])
    })
  }
})

describe('a group', () => {
  for (const [header, group] of [
    ['[client]', 'client'],
    ['[Client]', 'client'],
    ['  [client \t]', 'client'],
    ['[ client]', ' client'],
    ['[client]junk', 'client'],
    ['[client] # c', 'client'],
    ['[a]b]', 'a'],
    ['[[a]', '[a'],
    ['[]', ''],
    ['[  ]', ''],
  ] as const) {
    test(`${header} is '${group}'`, () => {
      const [line] = parseOptionFile(`${header}\r\na\r\n`, 'FILE')
      assert.equal(line?.kind === 'option' && line.group, group)
    })
  }

  test('lasts until the next one, through includes', () => {
    const lines = parseOptionFile('[a]\nx\n!include y\nz\n[b]\nx', 'FILE')
    assert.deepEqual(
      lines.map((line) => (line.kind === 'option' ? `${line.group}.${line.name}` : line.kind)),
      ['a.x', 'include', 'a.z', 'b.x'],
    )
    assert.deepEqual(
      lines.map(({ line }) => line),
      [2, 3, 4, 6],
    )
  })
})

describe('an option file with a syntax error', () => {
  for (const [text, message] of [
    ['[g]\na\n[h\nb', "FILE:3: the group '[h' has no ]"],
    ['\n# c\na=1\n[g]', 'FILE:3: an option stands before the first [group]'],
    ['[g]\n!include', 'FILE:2: !include names no file'],
    ['[g]\n!includedir  # x\n', 'FILE:2: !includedir names no folder'],
    ['\uFEFF[g]\na', 'FILE:1: begins with a byte order mark, which no MySQL client understands'],
    ['[g]\n\0a\0=\0', 'FILE:2: has a NUL byte: this is not the text of an option file'],
  ] as const) {
    test(`is refused with file and line: ${message}`, () => {
      assert.throws(() => parseOptionFile(text, 'FILE'), { code: 'bad-setting', message })
    })
  }

  test('is refused in that way and no other, whatever its text', () => {
    const piece = fc.constantFrom(
      '[',
      ']',
      '!include',
      ' ',
      '=',
      '#',
      "'",
      '"',
      '\\',
      '\n',
      '\r',
      'a',
      '\0',
      '\uFEFF',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          for (const { line } of parseOptionFile(pieces.join(''), 'FILE')) assert.ok(line > 0)
        } catch (error) {
          assert.ok(error instanceof Failure && error.code === 'bad-setting')
          assert.match(error.message, /^FILE:\d+: /)
        }
      }),
    )
  })
})
