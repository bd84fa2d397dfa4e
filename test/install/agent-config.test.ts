import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import * as fc from 'fast-check'
import { valueIn, withValue } from '../../src/install/agent-config.ts'
import type { ConfigOption } from '../../src/platforms/platform.ts'

const ini: ConfigOption = {
  syntax: 'ini',
  group: 'general',
  key: 'fsfreeze-hook',
  value: '/h',
  insteadOf: [],
}
const sh: ConfigOption = { syntax: 'sh', group: '', key: 'HOOK', value: '/h', insteadOf: [] }

describe("an option of an agent's file", () => {
  for (const [what, option, before, after] of [
    ['in an empty file', ini, '', '[general]\nfsfreeze-hook=/h\n'],
    [
      'in its group',
      ini,
      '[general]\nverbose=true\n[x]\n',
      '[general]\nfsfreeze-hook=/h\nverbose=true\n[x]\n',
    ],
    ['in a group that is not there', ini, '[x]\ny=1\n', '[x]\ny=1\n[general]\nfsfreeze-hook=/h\n'],
    ['where it stands', ini, '[general]\nfsfreeze-hook=/old\nx=1\n', '[general]\nfsfreeze-hook=/h\nx=1\n'],
    [
      'not where a comment has it',
      ini,
      '[general]\n#fsfreeze-hook=/old\n',
      '[general]\nfsfreeze-hook=/h\n#fsfreeze-hook=/old\n',
    ],
    [
      'not where another group has it',
      ini,
      '[x]\nfsfreeze-hook=/o\n',
      '[x]\nfsfreeze-hook=/o\n[general]\nfsfreeze-hook=/h\n',
    ],
    ['without a last line feed', sh, 'A=1', 'A=1\nHOOK=/h\n'],
    ['in the last of its lines', sh, 'HOOK=/a\nHOOK="/b"\n', 'HOOK=/a\nHOOK=/h\n'],
  ] as const) {
    test(`is set ${what}`, () => {
      assert.equal(withValue(before, option), after)
    })
  }

  test('is read without its quotes, and is null where it is not set', () => {
    assert.equal(valueIn("HOOK='/b c'\n", sh), '/b c')
    assert.equal(valueIn('#HOOK=/b\nHOOKS=/c\n', sh), null)
    assert.equal(valueIn('fsfreeze-hook=/b\n', ini), null)
  })

  test('once set is read back from any file, and setting it again changes nothing', () => {
    const line = fc.constantFrom(
      '[general]',
      '[x]',
      'fsfreeze-hook=/o',
      'HOOK=/o',
      '#',
      '',
      'a = b',
      '  [general] ',
    )
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom(ini, sh), (lines, option) => {
        const text = withValue(lines.join('\n'), option)
        assert.equal(valueIn(text, option), '/h')
        assert.equal(withValue(text, option), text)
      }),
    )
  })
})
