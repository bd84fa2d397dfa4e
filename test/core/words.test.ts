import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { calledFor, wordsOfNoThaw } from '../../src/core/words.ts'
import { knownWords } from '../../src/platforms/words.ts'

describe('what a script is called for is said by its first word', () => {
  for (const [words, means] of [
    [[], 'no word'],
    [[''], 'no word'],
    [['freeze'], 'freeze'],
    [['FREEZE'], 'freeze'],
    [['freeze', ''], 'freeze'],
    [['', 'freeze'], 'freeze'],
    [['freeze', 'thaw'], 'freeze'],
    [['thaw', 'an argument of the host'], 'thaw'],
    [['freezefail'], 'freeze failed'],
    [['freezeFail', ''], 'freeze failed'],
    [['pre-script'], 'freeze'],
    [['post-script'], 'thaw'],
    [['dry-run'], 'nothing'],
    [['persistent-disk-0,mysql'], 'either'],
    [['/dev/sdb'], 'either'],
  ] as const)
    test(`${JSON.stringify(words)}: ${means}`, () => {
      assert.equal(calledFor(words, knownWords).means, means)
    })
})

describe('nobody is known to call with', () => {
  for (const words of [['pre'], ['unfreeze'], ['freeze now'], ['freeze', 'a', 'b'], ['mysql']])
    test(JSON.stringify(words), () => {
      assert.equal(calledFor(words, knownWords).means, 'unknown')
    })
})

test('the words are shown as they were given', () => {
  assert.equal(calledFor(['pre', '', "it's"], knownWords).words, `"pre" "" "it's"`)
})

test('post-thaw-script does nothing for the words that ask for a freeze, or for nothing', () => {
  assert.deepEqual(wordsOfNoThaw(knownWords), ['freeze', 'pre-script', 'dry-run'])
})
