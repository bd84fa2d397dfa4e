import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { never, refuses } from '../support/fake/database.ts'
import { type Guest, guest, type GuestSettings } from '../support/fake/guest.ts'

const mysql = { family: 'mysql', version: '8.0.36', uuid: 'a', account: 'q@localhost' } as const
const mariadb = {
  family: 'mariadb',
  version: '10.11.19-MariaDB',
  uuid: null,
  account: 'q@localhost',
} as const
const update = 'UPDATE orders SET paid = 1'
const select = 'SELECT * FROM orders'

describe('a quiet moment', () => {
  test('is waited for: nothing is locked while a statement older than quiet-query runs', async () => {
    const { g, statement } = await busyWith(select)
    g.schedule.after(10_000, () => statement.end())
    await g.ended(g.freeze())
    assert.ok((g.server.lock.grants[0]?.at ?? 0) >= 10_000)
    assert.equal(g.server.lock.grants.length, 1)
  })

  test('comes at once where the statement is younger', async () => {
    const g = guest({ limits: { quietQuery: 2000 } })
    const statement = g.server.run(select)
    g.schedule.after(1000, () => statement.end())
    await g.ended(g.freeze())
    assert.ok((g.server.lock.grants[0]?.at ?? 0) < 1000)
  })

  for (const [text, waits] of [
    [select, 'not'],
    [update, 'too'],
  ] as const) {
    test(`on a MariaDB that waits for no readers, is ${waits} waited for behind ${text}`, async () => {
      const { g, statement } = await busyWith(text, { server: mariadb })
      g.schedule.after(10_000, () => statement.end())
      await g.ended(g.freeze())
      assert.equal((g.server.lock.grants[0]?.at ?? 0) >= 10_000, waits === 'too')
    })
  }

  test('that does not come fails the freeze, names the offender, and has stalled nobody', async () => {
    const { g } = await busyWith(select, { limits: { freezeWithin: 20_000 } })
    await assert.rejects(g.ended(g.freeze()), {
      code: 'no-quiet-moment',
      message:
        'the lock was not tried, it would wait for statement 1 of app@localhost, running for 21s: SELECT * FROM orders',
    })
    assert.deepEqual(g.server.lock.grants, [])
  })

  test('is said in hold.json while it is waited for', async () => {
    const { g } = await busyWith(select)
    g.freeze()
    await g.schedule.pass(5000)
    assert.match(
      g.stateDir.files.get('hold.json') ?? '',
      /"doing": "waiting for a quiet moment: statement 1 of app@localhost, running for 7s: SELECT \* FROM orders"/,
    )
  })

  test('is no longer waited for once somebody lets go', async () => {
    const { g } = await busyWith(select)
    const freezing = g.freeze()
    await g.schedule.pass(5000)
    g.stateDir.remove('waitforsnapshot')
    await assert.rejects(g.ended(freezing), { code: 'cancelled' })
    assert.ok(g.schedule.now() < 8200)
  })
})

describe('an attempt', () => {
  test('stalls writers for no longer than lock-wait, and leaves nothing behind', async () => {
    for (const server of [mysql, mariadb]) {
      const g = guest({ server, limits: { lockWait: 3000 } })
      g.server.run(update)
      g.freeze()
      const began = await stallBegins(g)
      await stallEnds(g)
      assert.ok(g.schedule.now() - began < 3100, server.family)
      await g.schedule.pass(50)
      assert.equal(g.server.lock.isHeld(), false)
      assert.equal(g.server.sessions.open.size, 1)
    }
  })

  test('that failed on MySQL holds the global lock: its connection is ended, and looked for', async () => {
    const g = guest({ server: mysql, limits: { lockWait: 3000 } })
    const statement = g.server.run(select)
    g.schedule.after(3500, () => statement.end())
    await g.ended(g.freeze())
    const [leaked, granted] = g.server.lock.grants
    assert.ok(leaked?.until !== undefined && leaked.until - leaked.at < 3100)
    assert.notEqual(granted?.session, leaked.session)
  })

  test('is followed by another on a new connection, with a pause that doubles up to 8 s', async () => {
    const g = guest({ limits: { lockWait: 1000, freezeWithin: 60_000, quietQuery: 3_600_000 } })
    g.server.run(update)
    const freezing = g.freeze()
    const pauses: number[] = []
    for (let attempt = 0; attempt < 7; attempt++) {
      await stallBegins(g)
      const began = g.schedule.now()
      await stallEnds(g)
      const ended = g.schedule.now()
      assert.ok(ended - began <= 1010)
      await stallBegins(g)
      pauses.push(Math.round((g.schedule.now() - ended) / 100) * 100)
    }
    assert.deepEqual(pauses, [500, 1000, 2000, 4000, 8000, 8000, 8000])
    freezing.process.kill()
  })

  test('counts', async () => {
    const g = guest({ limits: { lockWait: 1000 } })
    const statement = g.server.run(update)
    g.schedule.after(1500, () => statement.end())
    const { attempts } = await g.ended(g.freeze())
    assert.equal(attempts, 2)
  })

  test('that is refused names what runs longest on the server then', async () => {
    const g = guest({ limits: { lockWait: 1000 } })
    const statement = g.server.run(update)
    g.schedule.after(1500, () => statement.end())
    await g.ended(g.freeze())
    const { level, message, facts } = g.lines.find((line) => line.level === 'warn') ?? {}
    assert.deepEqual(
      [level, message, facts],
      [
        'warn',
        'FLUSH TABLES WITH READ LOCK failed: Lock wait timeout exceeded, behind statement 1 of app@localhost, running for 1s: UPDATE orders SET paid = 1',
        { run: 'run-1', attempts: 1 },
      ],
    )
  })

  test('that is refused with nothing in sight says that nobody can be named', async () => {
    const g = guest({ limits: { freezeWithin: 2000 } })
    g.answers.lock = refuses('lock-not-granted', 'FLUSH TABLES WITH READ LOCK failed: Deadlock found')
    await assert.rejects(g.ended(g.freeze()), {
      message:
        'FLUSH TABLES WITH READ LOCK failed: Deadlock found, behind nobody that can be named; the server shows no session that has what the lock waits for',
    })
  })

  test('ends by our own clock where the server’s is slower', async () => {
    const g = guest({ limits: { lockWait: 2000, freezeWithin: 8000 } })
    g.answers.lock = () => never
    await assert.rejects(g.ended(g.freeze()), { code: 'lock-not-granted', message: /^no lock within / })
    assert.equal(
      g.lines.find(({ level }) => level === 'warn')?.message,
      'no lock within 2s, behind nobody that can be named; the server shows no session that has what the lock waits for',
    )
  })

  test('is ended from another connection where the observer’s is lost', async () => {
    const g = guest({ limits: { lockWait: 1000 } })
    g.answers.lock = () => never
    const freezing = g.freeze()
    g.schedule.after(500, () => g.server.sessions.end(1))
    await assert.rejects(g.ended(freezing))
    await g.schedule.pass(10)
    assert.equal(g.server.sessions.open.size, 0)
  })

  test('tells that the connection was lost, where the server is gone and no other can be had', async () => {
    const g = guest({ limits: { lockWait: 1000 } })
    g.server.run('UPDATE orders SET paid = 1')
    const freezing = g.freeze()
    g.schedule.after(500, () => g.server.crash())
    await assert.rejects(g.ended(freezing), { code: 'connection-lost' })
  })

  test('is the last where its connection is still there 2 s after it was told to go', async () => {
    const g = guest({ limits: { lockWait: 1000 } })
    g.server.setKillTakes(5000)
    g.answers.lock = () => never
    await assert.rejects(g.ended(g.freeze()), {
      code: 'may-be-locked',
      message:
        'the database may still be locked by connection 2, which is still there 2000 ms after it was told to go: KILL 2',
    })
  })

  for (const [code, question] of [
    ['privilege-missing', 'lock'],
    ['connection-lost', 'lock'],
    ['too-many-connections', 'connect'],
  ] as const) {
    test(`that fails for another reason (${code}) is the last`, async () => {
      const g = guest()
      g.answers[question] = refuses(code, 'for a reason')
      await assert.rejects(g.ended(g.freeze()), { code, message: 'for a reason' })
      assert.ok(g.schedule.now() < 300)
      await g.schedule.pass(2)
      assert.equal(g.server.sessions.open.size, 0)
    })
  }

  test('is not made after the deadline, which leaves time to say why', async () => {
    const g = guest({ limits: { lockWait: 3000, freezeWithin: 20_000, quietQuery: 60_000 } })
    g.server.run(update)
    const freezing = g.freeze()
    await assert.rejects(g.ended(freezing), {
      code: 'lock-not-granted',
      message: /^(FLUSH TABLES WITH READ LOCK failed: .*|no lock within [23].*), behind statement 1 of /,
    })
    assert.ok(g.schedule.now() < 20_000)
  })

  for (const [what, act] of [
    ['somebody lets go', (g) => g.stateDir.remove('waitforsnapshot')],
    ['the locker is stopped', (g) => g.lockers[0]?.process.term()],
  ] as readonly (readonly [string, (g: Guest) => unknown])[]) {
    for (const [when, after] of [
      ['while it waits', 1500],
      ['in the pause after it', 3300],
    ] as const) {
      test(`is given up when ${what} ${when}, and leaves nothing behind`, async () => {
        const g = guest()
        g.server.run(update)
        const freezing = g.freeze()
        await g.schedule.pass(after)
        act(g)
        const [outcome] = await Promise.allSettled([g.ended(freezing)])
        assert.equal(outcome.status, 'rejected')
        assert.ok(g.schedule.now() - after < 200, `${g.schedule.now()}`)
        await g.schedule.pass(2)
        assert.deepEqual([g.server.lock.stopsWriters(), g.server.sessions.open.size], [false, 0])
      })
    }
  }
})

describe('a locker that gives up says why itself', () => {
  for (const [what, code, act] of [
    ['somebody lets go', 'cancelled', (g) => g.stateDir.remove('waitforsnapshot')],
    ['it is stopped', 'stopped', (g) => g.processes.alive()[0]?.term()],
  ] as readonly (readonly [string, string, (g: Guest) => unknown])[]) {
    for (const [when, text, after] of [
      ['while it waits for a quiet moment', select, 4000],
      ['while it waits for the lock', update, 4000],
      ['in the pause after an attempt', update, 6200],
    ] as const) {
      test(`when ${what} ${when}`, async () => {
        const settings = { limits: { quietQuery: text === select ? 2000 : 60_000 } }
        const { g } = await busyWith(text, settings)
        for (const file of ['waitforlock', 'waitforsnapshot'] as const) g.stateDir.write(file, '')
        const holding = g.hold()
        await g.schedule.pass(after - g.schedule.now())
        act(g)
        const { failure } = await g.ended(holding)
        assert.equal(failure?.code, code)
        assert.ok(g.schedule.now() - after < 150, `${g.schedule.now()}`)
      })
    }
  }
})

/** A server that has been at a statement for three seconds. */
async function busyWith(text: string, settings: GuestSettings = {}) {
  const g = guest(settings)
  const statement = g.server.run(text)
  await g.schedule.pass(3000)
  return { g, statement }
}

async function stallBegins(g: Guest): Promise<number> {
  await g.schedule.until(() => g.server.lock.stopsWriters())
  return g.schedule.now()
}

async function stallEnds(g: Guest): Promise<void> {
  await g.schedule.until(() => !g.server.lock.stopsWriters())
}
