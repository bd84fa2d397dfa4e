import assert from 'node:assert/strict'
import { test } from 'node:test'
import { asMarkdown, asText, number } from './grid.ts'

const grid = {
  title: 'the stall, ms',
  rows: [
    ['server', 'ours', ''],
    ['mysql-5.7', '12.0', 'ok'],
  ],
  sides: ['left', 'right', 'left'] as const,
}

test('for the terminal a table lines up', () => {
  assert.equal(asText(grid), 'the stall, ms\n\nserver     ours\nmysql-5.7  12.0  ok')
})

test('for a page it is Markdown, with numbers to the right', () => {
  assert.equal(
    asMarkdown(grid),
    'the stall, ms:\n\n| server | ours |  |\n| --- | ---: | --- |\n| mysql-5.7 | 12.0 | ok |',
  )
})

const numbers = [
  [0, '0.0'],
  [-0.44, '-0.4'],
  [99.94, '99.9'],
  [99.96, '100'],
  [999.6, '1 000'],
  [1234567, '1 234 567'],
] as const

for (const [value, text] of numbers) {
  test(`${value} is written ${text}`, () => {
    assert.equal(number(value), text)
  })
}
