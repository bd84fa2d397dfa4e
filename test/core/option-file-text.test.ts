import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { parseOptionFile } from '../../src/core/option-file.ts'
import { optionLine } from '../../src/core/option-file-text.ts'
import { exampleOptionFile } from '../../src/core/settings-text.ts'

test('any value without NUL is read back from its line as it was', () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom('\\', '"', "'", '#', '\n', '\r', '\t', '\b', ' ', ';', '=', '!', '['),
      fc.string({ maxLength: 1 }),
    ),
  })
  fc.assert(
    fc.property(
      text.filter((value) => !value.includes('\0')),
      (value) => {
        const lines = parseOptionFile(`[client]\n${optionLine('password', value)}\n`, 'x')
        assert.deepEqual(lines, [{ kind: 'option', group: 'client', name: 'password', value, line: 2 }])
      },
    ),
  )
})

test('an option file with the line ends of DOS is read as one without them', () => {
  const text = `${exampleOptionFile()}\nlock-wait = 1s\npassword = "a b"\n`
  assert.deepEqual(parseOptionFile(text.replaceAll('\n', '\r\n'), 'x'), parseOptionFile(text, 'x'))
})
