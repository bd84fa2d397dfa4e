import assert from 'node:assert/strict'
import { fieldsOf } from '../../src/core/fields.ts'
import { isProven } from '../../src/core/flush.ts'
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'node:test'
import { checkNames } from '../support/check-names.ts'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn } from '../support/guest.ts'
import { interfere } from '../support/interfere.ts'
import { noMounts } from '../support/scripts.ts'

const { scenario } = guestOn('mariadb-10.11')
const asRoot = { skip: noMounts() }

describe('the record', () => {
  scenario('is synced, both files and their names, before waitforlock is removed', async ({ lab }) => {
    using trace = interfere(lab, { how: 'trace', script: 'locktables' })
    await lab.freeze('freeze')
    const done = (await readFile(trace.file, 'utf8')).split('\n')
    const frozen = done.indexOf(`unlinkSync ${lab.stateDir}/waitforlock`)
    const locked = done.indexOf('statement FLUSH TABLES WITH READ LOCK')
    const underLock = done.slice(locked, frozen)
    const synced = underLock.indexOf('told to sync')
    for (const name of ['coordinates.json', 'binlog_info']) {
      const [draft, file] = [join(lab.recordDir, `${name}.new`), join(lab.recordDir, name)]
      const written = underLock.findLastIndex(
        (line) => /^(write|truncate) /.test(line) && line.endsWith(draft),
      )
      const renamed = underLock.indexOf(`rename ${draft} ${file}`)
      assert.ok(written >= 0 && synced > written, `what ${name} says is on disk`)
      assert.ok(renamed >= 0 && synced > renamed, `that it is ${name} is on disk`)
    }
    await lab.thaw('thaw')
  })

  scenario('makes record-dir when it is missing, with its parents, for us alone', async ({ lab }) => {
    const recordDir = join(lab.folder, 'not', 'there', 'yet')
    await lab.settle({ 'record-dir': recordDir })
    succeeds(await lab.freeze('freeze'), /^frozen at /)
    assert.deepEqual((await readdir(recordDir)).toSorted(), ['binlog_info', 'coordinates.json'])
    assert.equal((await stat(recordDir)).mode & 0o777, 0o700)
    assert.equal((await stat(join(recordDir, 'coordinates.json'))).mode & 0o777, 0o600)
    await lab.thaw('thaw')
  })

  scenario('replaces the one of the run before, and leaves no draft', async ({ lab }) => {
    const texts = []
    for (let cycle = 0; cycle < 2; cycle++) {
      await lab.freeze('freeze')
      texts.push(await readFile(join(lab.recordDir, 'coordinates.json'), 'utf8'))
      await lab.thaw('thaw')
    }
    assert.notEqual(texts[0], texts[1])
    assert.deepEqual((await readdir(lab.recordDir)).toSorted(), ['binlog_info', 'coordinates.json'])
  })

  scenario('that a run before left half made does not stop a freeze', async ({ lab }) => {
    await mkdir(lab.recordDir)
    for (const name of ['coordinates.json', 'coordinates.json.new', 'binlog_info.new'])
      await writeFile(join(lab.recordDir, name), 'half of')
    succeeds(await lab.freeze('freeze'), /^frozen at /)
    assert.deepEqual((await readdir(lab.recordDir)).toSorted(), ['binlog_info', 'coordinates.json'])
    await lab.thaw('thaw')
  })

  scenario('that a failed freeze began is not left half made', async ({ lab, writer }) => {
    await using _blocker = await writer.occupies('LOCK TABLES shop.orders WRITE')
    const result = await lab.freeze('freeze', '--freeze-within=3s')
    failsWith('lock-not-granted', result, /^not frozen: /)
    assert.deepEqual(await readdir(lab.recordDir), [])
  })
})

describe('the freeze fails, and leaves nothing locked, when record-dir', () => {
  scenario(
    'is full',
    async ({ lab }) => {
      await mkdir(lab.recordDir)
      const mounts = `mount -t tmpfs -o size=4k none ${lab.recordDir}; head -c 4096 /dev/zero > ${lab.recordDir}/full`
      const { ended } = lab.start('pre-freeze-script', ['freeze'], { mounts })
      const line =
        /^not frozen: the coordinates cannot be recorded in .*\/record: no space left on device \(ENOSPC\);/
      failsWith('record-dir-unusable', await ended, line)
    },
    asRoot,
  )

  scenario(
    'is read-only',
    async ({ lab }) => {
      await mkdir(lab.recordDir)
      const mounts = `mount -t tmpfs -o ro none ${lab.recordDir}`
      const { ended } = lab.start('pre-freeze-script', ['freeze'], { mounts })
      const line =
        /^not frozen: the coordinates cannot be recorded in .*\/record: read-only file system \(EROFS\);/
      failsWith('record-dir-unusable', await ended, line)
    },
    asRoot,
  )

  scenario('is a file', async ({ lab }) => {
    await writeFile(lab.recordDir, '')
    const line =
      /^not frozen: the coordinates cannot be recorded in .*\/record: (file already exists|not a directory)/
    failsWith('record-dir-unusable', await lab.freeze('freeze'), line)
  })

  scenario('may not be written', async ({ lab }) => {
    await mkdir(lab.recordDir, { mode: 0o500 })
    const line =
      /^not frozen: the coordinates cannot be recorded in .*\/record: permission denied \(EACCES\);/
    const result = await lab.start('pre-freeze-script', ['freeze'], { modes: 'bound' }).ended
    failsWith('record-dir-unusable', result, line)
    await chmod(lab.recordDir, 0o700)
  })
})

describe('a log that cannot be written does not stop a freeze, which says so, when it', () => {
  scenario('is in a folder that is not there', async ({ lab, writer }) => {
    await lab.settle({ 'log-file': join(lab.folder, 'missing', 'quiesce.log') })
    const problem = String.raw`\(the log .*/missing/quiesce\.log is not writable: no such file or directory \(ENOENT\)\)$`
    succeeds(await lab.freeze('freeze'), new RegExp(`^frozen at .*, waited .* s ${problem}`, 'm'))
    const waiting = await writer.isKeptWaiting()
    succeeds(await lab.thaw('thaw'), new RegExp(`is consistent ${problem}`, 'm'))
    await waiting.written
    await rm(join(lab.stateDir, 'kept.log'))
  })

  scenario('is a folder', async ({ lab }) => {
    await mkdir(lab.logFile)
    succeeds(await lab.freeze('freeze'), /^frozen at .* \(the log .* is not writable: .*\(EISDIR\)\)$/m)
    succeeds(await lab.thaw('thaw'), /is consistent \(the log .* is not writable: .*\(EISDIR\)\)$/m)
    await rm(join(lab.stateDir, 'kept.log'))
  })

  scenario(
    'is on a file system that is read-only',
    async ({ lab }) => {
      const log = join(lab.folder, 'log')
      await mkdir(log)
      await lab.settle({ 'log-file': join(log, 'quiesce.log') })
      const mounts = `mount -t tmpfs -o ro none ${log}`
      const frozen = await lab.start('pre-freeze-script', ['freeze'], { mounts }).ended
      succeeds(frozen, /^frozen at .* \(the log .* is not writable: read-only file system \(EROFS\)\)$/m)
      succeeds(await lab.thaw('thaw'), /is consistent$/m)
    },
    asRoot,
  )

  scenario(
    'is on a file system that is full',
    async ({ lab }) => {
      const log = join(lab.folder, 'log')
      await mkdir(log)
      await lab.settle({ 'log-file': join(log, 'quiesce.log') })
      const mounts = `mount -t tmpfs -o size=4k none ${log}; head -c 4096 /dev/zero > ${log}/full`
      const frozen = await lab.start('pre-freeze-script', ['freeze'], { mounts }).ended
      succeeds(frozen, /^frozen at .* \(the log .* is not writable: no space left on device \(ENOSPC\)\)$/m)
      succeeds(await lab.thaw('thaw'), /is consistent$/m)
    },
    asRoot,
  )

  scenario('can be written again: then it has what was kept meanwhile', async ({ lab }) => {
    const missing = join(lab.folder, 'missing', 'quiesce.log')
    await lab.settle({ 'log-file': missing })
    await lab.freeze('freeze')
    const { run } = (await lab.hold())!
    await lab.thaw('thaw')
    await lab.settle({ 'log-file': lab.logFile })
    await lab.freeze('freeze')
    await lab.thaw('thaw')
    const reported = (await lab.log()).filter(
      ({ msg }) => msg === `run ${run}: consistent yes: nothing speaks against it`,
    )
    assert.equal(reported.length, 1)
  })
})

describe('the log', () => {
  scenario('has a line of each call, with its arguments', async ({ lab }) => {
    await lab.freeze('freeze', 'of the host')
    await lab.thaw('freezeFail')
    const calls = (await lab.log()).filter(({ msg }) => msg.endsWith(' was called'))
    assert.deepEqual(
      calls.map(({ script, argv }) => [script, argv]),
      [
        ['pre-freeze-script', ['freeze', 'of the host']],
        ['post-thaw-script', ['freezeFail']],
      ],
    )
  })

  scenario('has one run line for a run, with all that is known of it', async ({ lab, writer, server }) => {
    await lab.freeze('freeze')
    const seen = await writer.coordinates()
    const { run, frozen } = (await lab.hold())!
    await lab.thaw('thaw')
    const lines = await lab.log()
    const [line, ...others] = lines.filter(({ msg }) => msg.startsWith('run '))
    assert.equal(others.length, 0)
    const { time, pid, askedAt, lockedUntil, heldFor, stalledFor, steps, checks, invoker, ...facts } = line!
    const { connection, flushed, engines, disk, server: _server, ...told } = frozen!.servers[0]!
    assert.ok(connection > 0 && isProven(flushed))
    assert.deepEqual(disk.doubts, [])
    assert.ok(engines.inUse.some(({ engine }) => engine === 'InnoDB'))
    assert.equal(engines.ownLog, null)
    assert.deepEqual(facts, {
      level: 30,
      script: 'post-thaw-script',
      run,
      servers: frozen!.servers,
      attempts: 1,
      frozenAt: frozen!.at,
      ending: 'let-go',
      verdict: 'yes',
      failure: null,
      disks: [],
      msg: `run ${run}: consistent yes: nothing speaks against it`,
    })
    assert.deepEqual(told, {
      where: server.socket,
      lock: 'ftwrl',
      statements: ['FLUSH TABLES WITH READ LOCK'],
      why: 'lock is set to ftwrl',
      coordinates: seen,
      coordinatesAre: 'stable',
      replica: [],
      stopped: [],
    })
    assert.ok(String(askedAt) < facts['frozenAt'] && facts['frozenAt'] < String(lockedUntil))
    assert.ok(String(lockedUntil) < time && Number(pid) > 0)
    assert.ok(Number(heldFor) > 0 && Number(stalledFor) > 0)
    assert.deepEqual(fieldsOf(invoker)['freezes'], 'no')
    const names = namesOf(steps)
    for (const step of ['connect', 'lock', 'flush', 'coordinates', 'record', 'sync', 'checks', 'unlock'])
      assert.ok(names.includes(step), `${step} of ${names.join()}`)
    assert.deepEqual(namesOf(checks), [...checkNames.ofRun, ...checkNames.ofServer, 'let go by the thaw'])
  })

  scenario('has one run line for a freeze that failed, with its failure', async ({ lab, writer }) => {
    await using _blocker = await writer.occupies('DO SLEEP(1000)')
    await lab.freeze('freeze', '--quiet-query=0s', '--freeze-within=3s')
    const [line, ...others] = (await lab.log()).filter(({ msg }) => msg.startsWith('run '))
    assert.equal(others.length, 0)
    assert.deepEqual([line?.['verdict'], line?.['ending'], line?.level], ['no', 'failed', 40])
    assert.match(JSON.stringify(line?.['failure']), /"code":"no-quiet-moment"/)
  })

  scenario('says why a freeze was refused', async ({ lab }) => {
    await lab.freeze('freeze')
    const { stdout } = await lab.freeze('freeze')
    const said = (await lab.log()).filter(({ level }) => level === 50)
    assert.deepEqual(
      said.map(({ script, code }) => [script, code]),
      [['pre-freeze-script', 'busy']],
    )
    assert.ok(stdout.startsWith(said[0]!.msg))
    await lab.thaw('thaw')
  })

  scenario('has lines of locktables only once the lock is gone', async ({ lab }) => {
    await lab.freeze('freeze')
    assert.ok((await lab.log()).every(({ script }) => script !== 'locktables'))
    await lab.thaw('thaw')
    await lab.isLeftClean()
    const ours = (await lab.log()).filter(({ script }) => script === 'locktables').map(({ msg }) => msg)
    assert.match(
      ours.join('\n'),
      /^the lock is ftwrl: lock is set to ftwrl\nfrozen at binlog\.\d+:\d+\nthe hold has ended: let-go$/,
    )
  })

  scenario('is for us alone, and never has the password', async ({ lab }) => {
    await lab.freeze('freeze')
    await lab.thaw('thaw')
    await lab.isLeftClean()
    assert.equal((await stat(lab.logFile)).mode & 0o777, 0o600)
    assert.doesNotMatch(await readFile(lab.logFile, 'utf8'), /it's quiet/)
  })
})

scenario(
  'between "frozen" and UNLOCK TABLES, locktables writes into the state directory alone',
  async ({ lab }) => {
    using trace = interfere(lab, { how: 'trace', script: 'locktables' })
    await lab.freeze('freeze')
    await lab.thaw('thaw')
    await lab.isLeftClean()
    const done = (await readFile(trace.file, 'utf8')).split('\n')
    const [frozen, unlocked] = [
      done.indexOf(`unlinkSync ${lab.stateDir}/waitforlock`),
      done.indexOf('statement UNLOCK TABLES'),
    ]
    assert.ok(frozen > 0 && unlocked > frozen)
    const written = done.slice(frozen, unlocked).filter((line) => !line.startsWith('statement '))
    assert.ok(written.length > 1)
    assert.deepEqual(
      written.filter(
        (line) =>
          !line
            .split(' ')
            .slice(1)
            .every((file) => file.startsWith(lab.stateDir)),
      ),
      [],
    )
  },
)

function namesOf(things: unknown): string[] {
  assert.ok(Array.isArray(things))
  return things.map((thing: unknown) =>
    String(Object.entries(thing ?? {}).find(([key]) => key === 'name')?.[1]),
  )
}
