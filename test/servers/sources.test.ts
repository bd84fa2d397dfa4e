import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { choosePackages, parseCandidate, parseHashes, parseMirrors, parseSimulation } from './apt-output.ts'
import type { Apt } from './apt.ts'
import { sourcesList } from './apt-config.ts'
import { isOfSeries } from './catalog.ts'
import { fetchDebs } from './debian.ts'
import { findServer } from './place.ts'
import { lock } from './lock.ts'
import { parseNeeds } from './libraries.ts'
import { parseVersion } from './make.ts'
import { fetchTarball } from './npm.ts'
import { serverOptions } from './options.ts'
import { scratch } from './scratch.ts'

const quiet = () => {}

test('the mirrors are those of the host’s own apt', () => {
  const release = (address: string) => `'${address}/InRelease' some_file 0 \n`
  const main = release('http://one.test/debian/dists/bookworm')
  const updates = release('http://two.test/debian/dists/bookworm-updates')
  const security = release('http://three.test/debian-security/dists/bookworm-security')
  const ubuntu = release('http://four.test/ubuntu/dists/noble')
  const table = [
    [
      updates + main + security,
      { main: 'http://one.test/debian', security: 'http://three.test/debian-security' },
    ],
    [main, { main: 'http://one.test/debian', security: 'http://one.test/debian-security' }],
    [ubuntu + updates, undefined],
    ['', undefined],
  ] as const
  for (const [printed, mirrors] of table) assert.deepEqual(parseMirrors(printed), mirrors)
})

test('every suite is vouched for by the keyring, and security updates come from their own mirror', () => {
  const mirrors = { main: 'http://m.test/debian', security: 'http://s.test/sec' }
  assert.equal(
    sourcesList(['trixie', 'trixie-security'], mirrors, '/k.gpg'),
    'deb [arch=amd64 signed-by=/k.gpg] http://m.test/debian trixie main\n' +
      'deb [arch=amd64 signed-by=/k.gpg] http://s.test/sec trixie-security main\n',
  )
})

test('of what apt would install, the packages asked for and the libraries are taken', () => {
  const printed = `Reading package lists...
Inst libc6 (2.36-9+deb12u14 Debian:12.14/oldstable [amd64])
Inst zlib1g [1:1.2.12] (1:1.2.13.dfsg-1 Debian:12.14/oldstable [amd64]) []
Inst mysql-server-core (9.7.4-2 Debian:unstable [amd64])
Inst libc-bin (2.36 Debian:12 [amd64])
Inst perl (5.36 Debian:12 [amd64])
Conf libc6 (2.36-9+deb12u14 Debian:12.14/oldstable [amd64])`
  assert.deepEqual(choosePackages(parseSimulation(printed), ['mysql-server-core']), [
    { name: 'libc6', version: '2.36-9+deb12u14' },
    { name: 'zlib1g', version: '1:1.2.13.dfsg-1' },
    { name: 'mysql-server-core', version: '9.7.4-2' },
  ])
})

test('the candidate is the version that would be installed, if there is one', () => {
  const policy = (version: string) => `pkg:\n  Installed: (none)\n  Candidate: ${version}\n  Version table:\n`
  assert.equal(parseCandidate(policy('1:10.11.19-0+deb12u1')), '1:10.11.19-0+deb12u1')
  assert.equal(parseCandidate(policy('(none)')), undefined)
  assert.equal(parseCandidate(''), undefined)
})

test('a hash belongs to one version of one package', () => {
  const printed =
    'Package: a\nVersion: 1\nSHA256: 11\n\nPackage: a\nVersion: 2\nSHA256: 22\n\nPackage: b\nVersion: 1\n'
  assert.deepEqual(
    [...parseHashes(printed)],
    [
      ['a=1', '11'],
      ['a=2', '22'],
    ],
  )
})

test('a version is of a series with or without an epoch, and 10.1 is not 10.11', () => {
  const table = [
    ['1:10.11.19-0+deb12u1', '10.11', true],
    ['9.7.4-2', '9.7', true],
    ['10.11.19', '10.1', false],
    ['5.7.29', '5.6', false],
  ] as const
  for (const [version, series, is] of table) assert.equal(isOfSeries(version, { series }), is, version)
})

test('the version is read from what mysqld prints', () => {
  assert.equal(parseVersion('mysqld  Ver 5.7.29 for Linux on x86_64 (MySQL)'), '5.7.29')
  assert.equal(parseVersion('x/mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian'), '10.11.19')
  assert.throws(() => parseVersion('Segmentation fault'))
})

test('libraries that are not there, or of the wrong version, are missing; the loader is no library', () => {
  const listed = `\tlinux-vdso.so.1 (0x00007ffc)
\tlibm.so.6 => /x/lib/libm.so.6 (0x00007f)
\tlibpam.so.0 => not found
\t/lib64/ld-linux-x86-64.so.2 => /x/ldso (0x00007f)`
  assert.deepEqual(parseNeeds(listed), { found: ['/x/lib/libm.so.6'], missing: ['libpam.so.0'] })
  const broken = "p: /x/libc.so.6: version `GLIBC_2.99' not found (required by p)"
  assert.deepEqual(parseNeeds(broken).missing, [broken])
})

test('each kind of server gets options that it knows', () => {
  const at = { dataDir: '/d', socket: '/d/mysql.sock', port: 0 }
  const table = [
    ['mysql', '5.6.24', '--log-slave-updates', '--innodb-redo-log-capacity=32M'],
    ['mysql', '5.7.29', '--gtid-mode=ON', '--log-slave-updates'],
    ['mysql', '9.7.4', '--innodb-redo-log-capacity=32M', '--binlog-format=ROW'],
    ['mariadb', '10.11.19', '--binlog-format=ROW', '--gtid-mode=ON'],
  ] as const
  for (const [family, version, has, hasNot] of table) {
    const options = serverOptions({ family, version, ...at })
    assert.ok(options.includes(has), `${version} ${has}`)
    assert.ok(!options.includes(hasNot), `${version} ${hasNot}`)
  }
})

test('port 0 means no TCP, another one is on 127.0.0.1 and makes the server_id', () => {
  const request = { family: 'mariadb', version: '10.11.19', dataDir: '/d', socket: '/d/s' } as const
  assert.ok(serverOptions({ ...request, port: 0 }).includes('--skip-networking'))
  const options = serverOptions({ ...request, port: 3307 })
  for (const option of ['--bind-address=127.0.0.1', '--port=3307', '--server-id=3307'])
    assert.ok(options.includes(option))
})

test('a cached package that was altered is fetched anew, a good one is not', async (t) => {
  const dir = await scratch(t)
  const { apt, downloads } = fakeApt('what was signed')
  const request = { apt, wanted: { packages: ['libx'], alone: [] }, dir, progress: quiet } as const
  const [deb] = await fetchDebs(request)
  assert.ok(deb)
  await writeFile(deb.file, 'what was signet')
  await fetchDebs(request)
  await fetchDebs(request)
  assert.equal(await readFile(deb.file, 'utf8'), 'what was signed')
  assert.equal(downloads.length, 2)
})

test('a package that does not arrive as the signed lists have it is refused', async (t) => {
  const dir = await scratch(t)
  const { apt } = fakeApt('what was signed', 'something else')
  const wanted = { packages: ['libx'], alone: [] } as const
  await assert.rejects(fetchDebs({ apt, wanted, dir, progress: quiet }), {
    message: /libx=1:2 did not arrive/,
  })
})

test('a package without a hash in the lists is refused', async (t) => {
  const dir = await scratch(t)
  const apt: Apt = { run: async (_, [word]) => (word === '-s' ? 'Inst libx (1:2 Debian)' : '') }
  const wanted = { packages: ['libx'], alone: [] } as const
  await assert.rejects(fetchDebs({ apt, wanted, dir, progress: quiet }), {
    message: /no SHA256 for libx=1:2/,
  })
})

test('a tarball with another hash than the pinned one is refused and not kept', async (t) => {
  const dir = await scratch(t)
  const pack = (_: string, folder: string) => writeFile(join(folder, 'x.tgz'), 'not the one')
  const request = { tarball: 'x@1', integrity: 'sha512-AAAA', dir, progress: quiet, pack }
  await assert.rejects(fetchTarball(request), {
    message: /x@1 is not the tarball that is pinned: its hash is sha512-/,
  })
  assert.deepEqual(await readdir(dir), [])
})

test('a tarball with the pinned hash is downloaded once', async (t) => {
  const dir = await scratch(t)
  let packs = 0
  const pack = async (_: string, folder: string) => {
    packs++
    await writeFile(join(folder, 'x.tgz'), 'the one')
  }
  const integrity = `sha512-${createHash('sha512').update('the one').digest('base64')}`
  const request = { tarball: 'x@1', integrity, dir, progress: quiet, pack }
  const { file, bytes } = await fetchTarball(request)
  assert.deepEqual(await fetchTarball(request), { file, bytes })
  assert.deepEqual([packs, bytes], [1, 7])
})

test('a folder without its server.json is no server', async (t) => {
  const root = await scratch(t)
  await mkdir(join(root, 'mysql-5.7/bin'), { recursive: true })
  assert.equal(await findServer('mysql-5.7', { root }), undefined)
  await writeFile(join(root, 'mysql-5.7/server.json'), '{"version":"5.7.29","built":"2020"}')
  assert.equal((await findServer('mysql-5.7', { root }))?.version, '5.7.29')
})

test('the lock lets one in at a time, and tells the other that it waits', async (t) => {
  const path = await scratch(t)
  const file = join(path, 'lock')
  const order: string[] = []
  await using first = await lock(file, quiet)
  const second = await lock(file, () => {
    order.push('second waits')
    void first[Symbol.asyncDispose]()
  })
  order.push('second in')
  await second[Symbol.asyncDispose]()
  assert.deepEqual(order, ['second waits', 'second in'])
})

/** An archive with one package libx, whose file is not always what its lists say. */
function fakeApt(signed: string, sent = signed): { apt: Apt; downloads: string[] } {
  const downloads: string[] = []
  const hash = createHash('sha256').update(signed).digest('hex')
  return { apt: { run }, downloads }

  async function run(_: string, [word]: readonly string[], { cwd = '' } = {}): Promise<string> {
    if (word === '-s') return 'Inst libx (1:2 Debian)'
    if (word === 'show') return `Package: libx\nVersion: 1:2\nSHA256: ${hash}\n`
    downloads.push(cwd)
    await writeFile(join(cwd, 'libx_1%3a2_amd64.deb'), sent)
    return ''
  }
}

test('a server with further engines has a folder of its own', async (t) => {
  const root = await scratch(t)
  await mkdir(join(root, 'mariadb-10.11+engines'), { recursive: true })
  await writeFile(join(root, 'mariadb-10.11+engines/server.json'), '{"version":"10.11.19","built":"2026"}')
  assert.equal(await findServer('mariadb-10.11', { root }), undefined)
  assert.equal((await findServer('mariadb-10.11', { root, engines: true }))?.version, '10.11.19')
})
