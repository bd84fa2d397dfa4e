import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { execa } from 'execa'
import { until } from '../support/until.ts'
import { accountFor } from './account.ts'
import type { ServerName } from './catalog.ts'
import { fetchServer } from './fetch.ts'
import { scratch } from './scratch.ts'
import { startServer } from './start.ts'

const servers: readonly { name: ServerName; version: RegExp }[] = [
  { name: 'mysql-5.7', version: /^5\.7\.\d+-log$/ },
  { name: 'mysql-9.7', version: /^9\.7\.\d+/ },
  { name: 'mariadb-10.11', version: /^10\.11\.\d+-MariaDB/ },
]

for (const { name, version } of servers) {
  test(`${name} starts, answers, and leaves no process when it is stopped`, async (t) => {
    const server = await startServer({ name, dir: join(await scratch(t), 'data') })
    assert.match(await server.client('SELECT VERSION()'), version)
    assert.equal(await server.client("SELECT COUNT(*) FROM mysql.user WHERE User = ''"), '0')
    assert.equal(await server.client('SELECT @@log_bin, @@binlog_format, @@skip_networking'), '1\tROW\t1')
    assert.ok(isThere(server.pid))
    await server.stop()
    assert.ok(!isThere(server.pid))
    await server.stop()
  })

  test(`${name} has a my_print_defaults that reads option files`, async (t) => {
    const file = join(await scratch(t), 'my.cnf')
    await writeFile(file, '[client]\nuser = "a b"\n[other]\nuser=x\n')
    const { folder } = await fetchServer(name)
    const program = join(folder, 'bin/my_print_defaults')
    const { stdout } = await execa(program, [`--defaults-file=${file}`, 'client'])
    assert.equal(stdout, '--user=a b')
  })
}

test('a copy of a data directory boots with what was in it', async (t) => {
  const folder = await scratch(t)
  const crashed = await startServer({ name: 'mariadb-10.11', dir: join(folder, 'data') })
  await crashed.client(
    'CREATE DATABASE d; CREATE TABLE d.t (a INT) ENGINE=InnoDB; INSERT INTO d.t VALUES (7)',
  )
  crashed.kill('SIGKILL')
  await crashed.stop()
  const copy = join(folder, 'copy')
  await cp(crashed.dataDir, copy, { recursive: true, filter: (file) => file !== crashed.socket })
  await using booted = await startServer({ name: 'mariadb-10.11', dir: copy, options: ['--read-only=ON'] })
  assert.equal(await booted.client('SELECT a, @@read_only FROM d.t'), '7\t1')
})

test('two data directories of one kind have different server_uuids', async (t) => {
  const folder = await scratch(t)
  await using one = await startServer({ name: 'mysql-5.7', dir: join(folder, 'one') })
  await using two = await startServer({ name: 'mysql-5.7', dir: join(folder, 'two') })
  const uuid = 'SELECT @@server_uuid'
  assert.notEqual(await one.client(uuid), await two.client(uuid))
})

test('a server ends with the process that started it, even when that is killed', async (t) => {
  const dir = join(await scratch(t), 'data')
  const start = new URL('start.ts', import.meta.url).href
  const script = `import { startServer } from '${start}'
    const { pid } = await startServer({ name: 'mariadb-10.11', dir: '${dir}' })
    console.log(pid)
    setInterval(() => {}, 1000)`
  const starter = execa(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    reject: false,
  })
  const pid = await firstNumber(starter.stdout)
  assert.ok(isThere(pid))
  starter.kill('SIGKILL')
  await until('the server is gone', () => !isThere(pid))
})

test('a server that is stopped with SIGSTOP, or killed, is gone after stop()', async (t) => {
  const dir = join(await scratch(t), 'data')
  for (const signal of ['SIGSTOP', 'SIGKILL'] as const) {
    const server = await startServer({ name: 'mariadb-10.11', dir })
    server.kill(signal)
    await server.stop()
    assert.ok(!isThere(server.pid), signal)
  }
})

test('a server that does not start is reported with what its error log says', async (t) => {
  const request = { name: 'mariadb-10.11', dir: join(await scratch(t), 'data') } as const
  await assert.rejects(startServer({ ...request, options: ['--no-such-option'] }), {
    message: /mariadb-10\.11 ended with exit status \d+; .*error\.log says:\n.*no-such-option/s,
  })
})

test('a folder that holds something else is not used as a data directory', async (t) => {
  const dir = await scratch(t)
  await writeFile(join(dir, 'letter'), 'dear')
  await assert.rejects(startServer({ name: 'mariadb-10.11', dir }), { message: /is not empty/ })
  assert.equal(await readFile(join(dir, 'letter'), 'utf8'), 'dear')
})

test('a socket whose path is longer than 107 bytes is refused', async (t) => {
  const dir = join(await scratch(t), 'ä'.repeat(50))
  await mkdir(dir)
  await assert.rejects(startServer({ name: 'mariadb-10.11', dir }), {
    message: /mysql\.sock .* 107 are possible/,
  })
})

test('root never runs as itself a server that nobody signed', { skip: !isRoot() }, async () => {
  assert.equal((await accountFor({ runAs: undefined, from: 'npm' })).name, 'nobody')
  assert.equal((await accountFor({ runAs: undefined, from: 'debian' })).name, 'root')
  await assert.rejects(accountFor({ runAs: 'root', from: 'npm' }), { message: /not run as root/ })
})

function isRoot(): boolean {
  return process.getuid?.() === 0
}

function isThere(pid: number): boolean {
  return existsSync(`/proc/${pid}`)
}

async function firstNumber(lines: AsyncIterable<unknown>): Promise<number> {
  let text = ''
  for await (const part of lines) {
    text += String(part)
    if (text.includes('\n')) return Number(text)
  }
  throw new Error(`no number: ${text}`)
}
