import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runInNewContext } from 'node:vm'
import { isNodeNewEnough, newEnoughExpression } from '../../src/core/node-floor.ts'

for (const [version, isEnough] of [
  ['v9.11.2', false],
  ['v18.20.8', false],
  ['v20.1.0', false],
  ['v20.8.1', false],
  ['v20.9.0', true],
  ['v20.20.2', true],
  ['v22.0.0', true],
  ['v100.0.0', true],
] as const)
  test(`Node.js ${version} is ${isEnough ? 'new enough' : 'too old'}`, () => {
    assert.equal(isNodeNewEnough(version), isEnough)
    const process = { versions: { node: version.slice(1) } }
    assert.equal(runInNewContext(newEnoughExpression, { process }), isEnough)
  })

test('what is no version is too old', () => assert.equal(isNodeNewEnough(''), false))
