import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { pressure } from '../../src/core/pressure.ts'

describe('the pressure of connections', () => {
  for (const [connections, maxConnections, maxConnectionsUsed, speaksAgainst] of [
    [10, 60, 95, false],
    [57, 60, 95, false],
    [58, 60, 95, true],
    [61, 60, 100, false],
    [61, 60, 99, true],
    [1, 100, 1, false],
    [2, 100, 1, true],
    [1000, Infinity, 95, false],
  ] as const)
    test(`${connections} of ${maxConnections}, with ${maxConnectionsUsed}% allowed, ${speaksAgainst ? 'speaks' : 'does not speak'} against a lock`, () => {
      const found = pressure({ connections, uptime: 1 }, { maxConnections, maxConnectionsUsed })
      assert.equal(found !== null, speaksAgainst)
    })

  test('is said with its values', () => {
    assert.equal(
      pressure({ connections: 58, uptime: 1 }, { maxConnections: 60, maxConnectionsUsed: 95 }),
      '58 of 60 connections are in use, and max-connections-used is 95%',
    )
  })
})
