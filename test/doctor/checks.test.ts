import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { OwnLog } from '../../src/core/disk/own-log.ts'
import { asFailure, Failure } from '../../src/core/failure.ts'
import type { Findings } from '../../src/core/findings.ts'
import { chooseLock } from '../../src/core/lock-choice.ts'
import type { Server } from '../../src/core/server.ts'
import type { Settings } from '../../src/core/settings.ts'
import type { Check } from '../../src/doctor/check.ts'
import { judgeRequirement, type RequirementFact } from '../../src/doctor/checks/agent.ts'
import { judgeDurability } from '../../src/doctor/checks/durability.ts'
import { type EngineFacts, judgeEngines } from '../../src/doctor/checks/engines.ts'
import { judgeLastRun } from '../../src/doctor/checks/last-run.ts'
import { judgeLimits } from '../../src/doctor/checks/limits.ts'
import { judgeLogin, type LoginFacts } from '../../src/doctor/checks/login.ts'
import { judgeMachine, type MachineFacts } from '../../src/doctor/checks/machine.ts'
import { judgeNode, type NodeFacts } from '../../src/doctor/checks/node.ts'
import { hasGlobal, judgePrivileges, type PrivilegeFacts } from '../../src/doctor/checks/privileges.ts'
import { judgeScripts } from '../../src/doctor/checks/scripts.ts'
import type { Script } from '../../src/install/thing.ts'
import { judgeSelinux, type SelinuxFacts } from '../../src/doctor/checks/selinux.ts'
import { judgeSettings } from '../../src/doctor/checks/settings.ts'
import { judgeSocket, type SocketFacts } from '../../src/doctor/checks/socket.ts'
import { judgeThreadPool, type ThreadPoolFacts } from '../../src/doctor/checks/thread-pool.ts'
import { judgeTraffic, type TrafficFacts } from '../../src/doctor/checks/traffic.ts'
import { qemu } from '../../src/platforms/qemu.ts'
import { veeam } from '../../src/platforms/veeam.ts'
import { vmware } from '../../src/platforms/vmware.ts'
import { plainFindings } from '../support/findings.ts'

const findings: Findings = { ...plainFindings, instanceLock: 'can', backupStage: 'can', lockView: 'none' }

/** A row: what was seen, what it comes to, and words that are in what was seen or what is to be done. */
type Row<Facts> = readonly [title: string, facts: Facts, result: Check['result'], words: RegExp]

/** The check of this name, among those made. */
function named(checks: readonly Check[], name: string): Check {
  const [check, ...more] = checks.filter((each) => each.name === name)
  assert.ok(check && more.length === 0, `${name} among ${checks.map((each) => each.name).join(', ')}`)
  return check
}

function table<Facts>(
  name: string,
  judge: (facts: Facts) => readonly Check[],
  rows: readonly Row<Facts>[],
): void {
  for (const [title, facts, result, words] of rows) {
    test(`${name}: ${title}: ${result}`, () => {
      const check = named(judge(facts), name)
      assert.equal(check.result, result)
      assert.match(`${check.seen}; ${check.advice ?? ''}`, words)
      if (result !== 'not-applicable') assert.equal(check.advice === null, result === 'ok')
    })
  }
}

const refused = new Failure('privilege-missing', 'no')

describe('Node.js', () => {
  const found = { path: '/usr/bin/node', version: 'v20.9.0' }
  const facts: NodeFacts = {
    notTried: null,
    exitCode: 0,
    said: 'pre-freeze-script 1.0.0',
    found,
    passed: [],
    places: ['/b/node', '/usr/bin/node'],
    exposed: null,
  }
  table('node', judgeNode, [
    ['found without PATH', facts, 'ok', /v20\.9\.0 at \/usr\/bin\/node/],
    [
      'is nowhere',
      { ...facts, found: null },
      'problem',
      /none at \/b\/node, \/usr\/bin\/node; .*--with-node/,
    ],
    [
      'is too old',
      { ...facts, found: { ...found, version: 'v18.20.0' } },
      'problem',
      /v18\.20\.0 .*Node\.js 20\.9 or newer/,
    ],
    ['does not start', { ...facts, found: { ...found, version: null } }, 'problem', /does not start/],
  ])
  table('node passed over', judgeNode, [
    [
      'is too old',
      { ...facts, passed: [{ path: '/b/node', version: 'v20.1.0' }] },
      'warning',
      /\/b\/node is v20\.1\.0/,
    ],
    [
      'does not start',
      { ...facts, passed: [{ path: '/b/node', version: null }] },
      'warning',
      /\/b\/node does not start here/,
    ],
  ])
  table('start', judgeNode, [
    ['says its version', facts, 'ok', /pre-freeze-script 1\.0\.0/],
    ['fails', { ...facts, exitCode: 1, said: 'SyntaxError' }, 'problem', /exit code 1: SyntaxError/],
    ['hangs', { ...facts, exitCode: null, said: '' }, 'problem', /does not end: it says nothing/],
    ['is not as built', { ...facts, notTried: 'it is not as built' }, 'not-applicable', /not as built/],
  ])
  table('node owner', judgeNode, [
    [
      'is in a home',
      { ...facts, exposed: '/home/me belongs to neither' },
      'warning',
      /root runs \/usr\/bin\/node, and \/home\/me/,
    ],
  ])
})

describe('scripts of others', () => {
  const file = (path: string, text: string, mode = 0o755): Script => ({
    path,
    thing: { kind: 'file', mode, sha256: '', text },
    runs: 'every-file',
    whose: 'other',
  })
  const judge = (facts: readonly Script[]) => judgeScripts(facts, 'vmware')
  table('other scripts', judge, [
    ['there are none', [], 'ok', /none/],
    ['one is harmless', [file('/d/10-app', '#!/bin/sh\nsync\n')], 'ok', /run beside ours: \/d\/10-app/],
    ['ours are not others', [{ ...file('/d/zz', ''), whose: 'us' }], 'ok', /none/],
  ])
  table('/d/x', judge, [
    [
      'cannot be run, and is run',
      [file('/d/x', 'read me', 0o644)],
      'problem',
      /mode 0644, cannot be run, and so fails/,
    ],
    [
      'locks as well',
      [file('/d/x', 'mysql -e "FLUSH  TABLES WITH READ LOCK"')],
      'warning',
      /has FLUSH TABLES/,
    ],
    ['dumps', [file('/d/x', 'mysqldump --all')], 'warning', /has mysqldump/],
    ['calls us again', [{ ...file('/d/x', ''), whose: 'us again' }], 'problem', /lock twice/],
  ])
  for (const [title, fact] of [
    ['a leftover of a package', { ...file('/d/x.dpkg-old', 'mysqldump'), runs: 'programs' }],
    ['a file that is no program', { ...file('/d/x', 'mysqldump', 0o644), runs: 'programs' }],
    ['a directory', { ...file('/d/x', ''), thing: { kind: 'directory', mode: 0o755 } }],
  ] as const) {
    test(`are not where the agent passes over ${title}`, () => {
      assert.deepEqual(
        judge([fact]).map(({ result, seen }) => [result, seen]),
        [['ok', 'none is run beside ours']],
      )
    })
  }
})

describe('the agent', () => {
  const requirement = (what: string, platform = qemu) =>
    platform.requirements.find((each) => each.what === what)!
  const check =
    (what: string, platform = qemu) =>
    (fact: RequirementFact) => [judgeRequirement(requirement(what, platform), fact)]
  table('scripts are not switched off', check('scripts are not switched off', vmware), [
    ['nothing is set', { at: 'ini', value: null }, 'ok', /default/],
    [
      'execScripts=false',
      { at: 'ini', value: 'false' },
      'problem',
      /execScripts=false in \/etc\/vmware-tools\/tools\.conf; take execScripts out/,
    ],
    ['execScripts=true', { at: 'ini', value: 'true' }, 'ok', /execScripts=true/],
  ])
  table('qemu-ga runs', check('qemu-ga runs'), [
    ['it does', { at: 'process', running: [{ pid: 7, argv: [], startedAt: 0 }] }, 'ok', /pid 7/],
    ['it does not', { at: 'process', running: [] }, 'problem', /systemctl start qemu-guest-agent/],
    ['nobody can tell', { at: 'process', running: null }, 'not-applicable', /another system/],
  ])
  table('the QEMU guest agent is installed', check('the QEMU guest agent is installed'), [
    ['it is', { at: 'programs', found: ['/usr/sbin/qemu-ga'] }, 'ok', /\/usr\/sbin\/qemu-ga/],
    [
      'it is not',
      { at: 'programs', found: [] },
      'problem',
      /no \/usr\/sbin\/qemu-ga, no \/usr\/bin\/qemu-ga; install the package/,
    ],
  ])
  table('the host asks the agent to freeze', check('the host asks the agent to freeze'), [
    ['is for the host to say', { at: 'host' }, 'not-applicable', /Proxmox/],
  ])

  const hook = (fact: Partial<Extract<RequirementFact, { at: 'hook' }>>): RequirementFact => ({
    at: 'hook',
    running: [{ pid: 7, argv: ['/usr/sbin/qemu-ga'], startedAt: 1000 }],
    files: [{ path: '/etc/qemu/qemu-ga.conf', value: '/ours', changedAt: 900 }],
    leadsTo: (path) =>
      path === '/ours' ? 'us' : path === '/shipped' ? 'dispatcher' : path === '/gone' ? 'nothing' : 'other',
    ...fact,
  })
  const set = (value: string | null, changedAt = 900) => ({ files: [{ path: '/c', value, changedAt }] })
  const flag = (word: string) => ({ running: [{ pid: 7, argv: ['qemu-ga', word], startedAt: 1000 }] })
  table('the agent was told to call a hook', check('the agent was told to call a hook'), [
    ['by its file', hook({}), 'ok', /\/ours, by \/etc\/qemu\/qemu-ga\.conf/],
    ['by -F', hook({ ...set(null), ...flag('-F/ours') }), 'ok', /\/ours, by the command line of pid 7/],
    ['by the long flag', hook({ ...set(null), ...flag('--fsfreeze-hook=/ours') }), 'ok', /command line/],
    [
      'the command line wins over the file',
      hook(flag('-F/elsewhere')),
      'problem',
      /\/elsewhere, by the command line.*does not lead to us/,
    ],
    ['by nobody', hook(set(null)), 'problem', /neither its command line nor its configuration/],
    ['it is switched off', hook(set('/dev/null')), 'problem', /names '\/dev\/null'/],
    ['the distribution answers yes to everything', hook(set('/shipped')), 'warning', /succeeds whatever/],
    ['the hook is gone', hook(set('/gone')), 'problem', /is not there/],
    [
      'it was started before',
      hook(set('/ours', 2000)),
      'warning',
      /started before \/c was changed; systemctl restart/,
    ],
    [
      'its command line does not age',
      hook({ ...set('/ours', 2000), ...flag('-F/ours') }),
      'ok',
      /command line/,
    ],
    ['no agent runs', hook({ running: [] }), 'ok', /by \/etc\/qemu/],
  ])
})

describe('the machine', () => {
  const place = { path: '/p', refused: null, memory: false, free: 10_000_000 }
  const stateDir: MachineFacts['stateDir'] = {
    path: '/run/q',
    refused: null,
    isThere: true,
    memory: true,
    phase: 'thawed',
  }
  const facts: MachineFacts = {
    uid: 0,
    stateDir,
    tmpfiles: { path: '/t', is: 'naming it' },
    recordDir: place,
    log: place,
  }
  const state = (seen: Partial<MachineFacts['stateDir']>): MachineFacts => ({
    ...facts,
    stateDir: { ...stateDir, ...seen },
  })
  table('root', judgeMachine, [
    ['we are', facts, 'ok', /agents/],
    ['we are not', { ...facts, uid: 1000 }, 'warning', /user 1000.*run it as root/],
  ])
  table('state directory', judgeMachine, [
    ['on tmpfs', facts, 'ok', /\/run\/q, on tmpfs/],
    ['not made yet', state({ isThere: false }), 'ok', /the first freeze makes it/],
    ['on a disk', state({ memory: false }), 'problem', /on a disk, which is frozen/],
    ['refused', state({ refused: '/run/q is a symbolic link' }), 'problem', /symbolic link.*mode 0700/],
  ])
  table('tmpfiles.d', judgeMachine, [
    ['makes it', facts, 'ok', /at boot/],
    ['is missing', { ...facts, tmpfiles: { path: '/t', is: 'missing' } }, 'warning', /no \/t/],
    [
      'makes another one',
      { ...facts, tmpfiles: { path: '/t', is: 'not naming it' } },
      'warning',
      /does not name/,
    ],
  ])
  table('phase', judgeMachine, [
    ['thawed', facts, 'ok', /thawed/],
    ['abandoned', state({ phase: 'abandoned' }), 'warning', /locker is gone/],
    ['frozen', state({ phase: 'frozen' }), 'warning', /frozen: a run is in progress/],
    ['cannot be read', state({ phase: null }), 'not-applicable', /cannot be read/],
  ])
  table('record-dir', judgeMachine, [
    ['can be written', facts, 'ok', /\/p/],
    [
      'is read-only',
      { ...facts, recordDir: { ...place, refused: '/p: read-only file system (EROFS)' } },
      'problem',
      /EROFS.*record-dir/,
    ],
    ['is full', { ...facts, recordDir: { ...place, free: 4096 } }, 'problem', /4096 bytes are free/],
    ['is not in the snapshot', { ...facts, recordDir: { ...place, memory: true } }, 'warning', /in memory/],
  ])
  table('log', judgeMachine, [
    ['can be written', { ...facts, log: { ...place, memory: true } }, 'ok', /\/p/],
    ['cannot', { ...facts, log: { ...place, refused: '/p: no' } }, 'problem', /\/p: no.*log-file/],
  ])
})

describe('the socket', () => {
  const seen = (path: string, sees: SocketFacts['agents'][number]['sees']): SocketFacts => ({
    transport: { kind: 'socket', path },
    agents: [{ name: 'vmtoolsd', pid: 7, sees }],
  })
  table('socket', judgeSocket, [
    ['the agent sees it', seen('/run/mysqld/mysqld.sock', 'the same'), 'ok', /as vmtoolsd \(pid 7\) sees it/],
    [
      'the agent has another /tmp',
      seen('/tmp/mysql.sock', 'nothing'),
      'problem',
      /does not see \/tmp\/mysql\.sock.*PrivateTmp=no/,
    ],
    ['the agent sees another one', seen('/srv/mysql.sock', 'another'), 'problem', /InaccessiblePaths/],
    [
      'it is TCP',
      { transport: { kind: 'tcp', host: 'db', port: 3306 }, agents: [] },
      'not-applicable',
      /db:3306/,
    ],
    [
      'no agent runs',
      { ...seen('/tmp/mysql.sock', 'nothing'), agents: [] },
      'not-applicable',
      /no agent runs/,
    ],
    ['nobody knows where', { transport: null, agents: [] }, 'not-applicable', /not known/],
  ])
})

describe('SELinux', () => {
  const boolean = 'virt_qemu_ga_run_unconfined'
  const path = '/usr/lib/mysql-quiesce/1-a/platforms/freeze-or-thaw'
  const facts: SelinuxFacts = {
    mode: 'enforcing',
    booleans: { [boolean]: true },
    labels: [{ path, label: 'system_u:object_r:virt_qemu_ga_unconfined_exec_t:s0' }],
  }
  const judge =
    (platform = qemu) =>
    (seen: SelinuxFacts) =>
      judgeSelinux(seen, platform, '/usr/lib/mysql-quiesce')
  table('SELinux', judge(), [
    ['is off', { ...facts, mode: 'off' }, 'not-applicable', /off/],
    ['lets the agent call us', facts, 'ok', /enforcing/],
    [
      'has the boolean off',
      { ...facts, booleans: { [boolean]: false } },
      'problem',
      /run_unconfined is off; setsebool -P/,
    ],
    [
      'has a wrong label',
      { ...facts, labels: [{ path, label: 'u:r:lib_t:s0' }] },
      'problem',
      /is u:r:lib_t:s0; .*restorecon -R -v \/usr\/lib\/mysql-quiesce/,
    ],
    [
      'is permissive',
      { ...facts, mode: 'permissive', labels: [{ path, label: null }] },
      'warning',
      /without a label/,
    ],
  ])
  table('SELinux', judge(vmware), [['knows no rule for VMware Tools', facts, 'ok', /nothing is known/]])
})

describe('the settings', () => {
  table('option files', judgeSettings, [
    ['are read', { files: ['/a', '/b'], variables: [], flags: [] }, 'ok', /\/a, \/b/],
    ['are not there', { files: [], variables: [], flags: [] }, 'ok', /defaults/],
    [
      'are exposed',
      { files: new Failure('option-file-exposed', '/a has a password'), variables: [], flags: [] },
      'problem',
      /\/a has a password; chown/,
    ],
  ])
  table('same settings', judgeSettings, [
    [
      'ours are others',
      { files: [], variables: [['MYSQL_QUIESCE_CONFIG', '/c']], flags: ['socket'] },
      'warning',
      /MYSQL_QUIESCE_CONFIG=\/c, --socket/,
    ],
  ])
})

describe('the server', () => {
  const server = (family: Server['family'], version: string): Server => ({
    family,
    version,
    uuid: null,
    account: 'q@localhost',
  })
  const at = (family: Server['family'], version: string, lock: Settings['lock'] = 'ftwrl'): LoginFacts => {
    const plan = () => chooseLock(lock, { server: server(family, version), findings })
    return { where: '/s', server: server(family, version), plan: orFailure(plan) }
  }
  table('login', judgeLogin, [
    ['is let in', at('mysql', '8.0.40'), 'ok', /q@localhost at \/s/],
    ['is refused', new Failure('access-denied', 'Access denied'), 'problem', /Access denied; correct user/],
  ])
  table('server', judgeLogin, [
    ['is known', at('mysql', '5.6.51'), 'ok', /mysql 5\.6\.51/],
    ['is too old', at('mariadb', '10.1.48-MariaDB'), 'warning', /mariadb 10\.4 or newer/],
    ['is not reached', new Failure('access-denied', 'no'), 'not-applicable', /no login/],
  ])
  table('lock', judgeLogin, [
    [
      'waits for readers',
      at('mysql', '9.7.4'),
      'ok',
      /FLUSH TABLES WITH READ LOCK, .*SELECT included; .*SHOW BINARY LOG STATUS/,
    ],
    [
      'waits for writers',
      at('mariadb', '10.11.6-MariaDB'),
      'ok',
      /statements that write; .*SHOW MASTER STATUS/,
    ],
    [
      'waits for DDL alone, and has no stable coordinates',
      at('mysql', '9.7.4', 'instance'),
      'ok',
      /^LOCK INSTANCE FOR BACKUP, which waits for DDL; .*SHOW BINARY LOG STATUS, which are not stable;/,
    ],
    [
      'cannot be had',
      at('mysql', '5.7.44', 'backup-stage'),
      'problem',
      /backup-stage cannot be had .*it can do ftwrl; set lock to/,
    ],
  ])
})

describe('privileges', () => {
  const all = ['GRANT RELOAD, PROCESS, REPLICATION CLIENT ON *.* TO `q`@`localhost`']
  const facts: PrivilegeFacts = {
    account: 'q@localhost',
    grants: all,
    coordinates: true,
    others: true,
    locks: true,
  }
  table('RELOAD', judgePrivileges, [
    ['is granted', facts, 'ok', /granted/],
    [
      'comes with all',
      { ...facts, grants: ["GRANT ALL PRIVILEGES ON *.* TO 'q'@'localhost' WITH GRANT OPTION"] },
      'ok',
      /granted/,
    ],
    [
      'is missing',
      { ...facts, grants: ["GRANT USAGE ON *.* TO 'q'@'localhost'"] },
      'problem',
      /GRANT RELOAD ON \*\.\* TO 'q'@'localhost'$/,
    ],
    ['cannot be told', { ...facts, grants: refused }, 'not-applicable', /no/],
  ])
  table('PROCESS', judgePrivileges, [
    ['is granted', facts, 'ok', /granted/],
    ['is missing', { ...facts, others: refused }, 'problem', /GRANT PROCESS ON \*\.\* TO 'q'@'localhost'$/],
    [
      'cannot be told',
      { ...facts, others: new Failure('connection-lost', 'gone') },
      'not-applicable',
      /gone/,
    ],
  ])
  table('REPLICATION CLIENT', judgePrivileges, [
    ['is granted', facts, 'ok', /granted/],
    ['is missing', { ...facts, coordinates: refused }, 'problem', /GRANT REPLICATION CLIENT ON/],
  ])
  table('lock evidence', judgePrivileges, [
    ['is there', facts, 'ok', /shows/],
    ['is not watched', { ...facts, locks: false }, 'not-applicable', /does not watch/],
    [
      'is hidden',
      { ...facts, locks: new Failure('statement-failed', 'denied') },
      'not-applicable',
      /GRANT SELECT ON performance_schema/,
    ],
  ])
  test('are those on everything: neither on one schema, nor with part of the name', () => {
    assert.equal(hasGlobal(['GRANT RELOAD ON `shop`.* TO `q`@`localhost`'], 'RELOAD'), false)
    assert.equal(hasGlobal(['GRANT SELECT, RELOAD ON *.* TO `q`@`localhost`'], 'RELOAD'), true)
    assert.equal(hasGlobal(['GRANT FLUSH_TABLES,BACKUP_ADMIN ON *.* TO `q`@`localhost`'], 'RELOAD'), false)
  })
})

describe('engines', () => {
  const root = ['GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost`']
  const documented = ['GRANT RELOAD, PROCESS, REPLICATION CLIENT ON *.* TO `quiesce`@`localhost`']
  const of = (engines: readonly string[], change: Partial<EngineFacts> = {}): EngineFacts => ({
    account: 'quiesce@localhost',
    tables: engines.map((engine) => ({ engine, tables: 2 })),
    loaded: ['InnoDB', 'MyISAM', 'MEMORY', ...engines],
    ownLog: null,
    grants: root,
    lock: 'ftwrl',
    flushWithin: 15_000,
    ...change,
  })
  table('engines', judgeEngines, [
    ['all are protected', of(['InnoDB', 'MyISAM', 'Mroonga']), 'ok', /InnoDB 2, MyISAM 2, Mroonga 2/],
    ['there is no table', of([]), 'ok', /no table yet/],
    [
      'the account sees no table, and every engine is protected',
      of([], { grants: documented }),
      'ok',
      /does not see every table; .* reaches the disk under ftwrl: InnoDB, MyISAM, MEMORY/,
    ],
    ['nobody answers', of([], { tables: new Failure('statement-failed', 'no') }), 'not-applicable', /no/],
    [
      'nobody tells what is loaded',
      of([], { loaded: new Failure('statement-failed', 'no') }),
      'not-applicable',
      /no/,
    ],
  ])
  table('engine MEMORY', judgeEngines, [
    ['is lost', of(['InnoDB', 'MEMORY']), 'warning', /2 tables: lost at every restart/],
  ])
  table('engine FEDERATED', judgeEngines, [['is elsewhere', of(['FEDERATED']), 'warning', /another server/]])
  table('engine Falcon', judgeEngines, [
    [
      'is unknown and has tables',
      of(['Falcon']),
      'problem',
      /2 tables: nothing is known .*unknown.*ENGINE = InnoDB/,
    ],
    [
      'is unknown and may have tables',
      of([], { loaded: ['InnoDB', 'Falcon'], grants: documented }),
      'problem',
      /does not see whether .*GRANT SELECT ON \*\.\* TO 'quiesce'@'localhost'/,
    ],
  ])
  test('one that is unknown and has no tables is no matter', () => {
    assert.deepEqual(
      judgeEngines(of([], { loaded: ['Falcon'] })).map(({ result }) => result),
      ['ok'],
    )
  })
  const rocksdb = (log: Partial<OwnLog>, change: Partial<EngineFacts> = {}) =>
    of(['ROCKSDB'], { ownLog: { atCommit: 2, isOn: true, syncs: 7, ...log }, grants: documented, ...change })
  table('log of RocksDB', judgeEngines, [
    ['is written by every commit', rocksdb({ atCommit: 1 }), 'ok', /is 1: every commit writes it/],
    ['is flushed', rocksdb({}, { grants: root }), 'ok', /flushed before the lock and under it/],
    [
      'is waited for',
      rocksdb({}),
      'warning',
      /is 2: under the lock writers wait for it, for 1 to 2 s and at most 3s.*GRANT SUPER/,
    ],
    ['cannot be waited for so long', rocksdb({}, { flushWithin: 1000 }), 'problem', /will be unknown/],
    ['is not counted', rocksdb({ syncs: null }), 'problem', /will be unknown/],
    ['is off', rocksdb({ isOn: false }), 'problem', /will be unknown/],
    ['is not told', of([], { ownLog: new Failure('statement-failed', 'no') }), 'not-applicable', /no/],
  ])
})

describe('durability', () => {
  const variables = (changes: Readonly<Record<string, string>> = {}) =>
    new Map(
      Object.entries({ log_bin: 'ON', sync_binlog: '1', innodb_flush_log_at_trx_commit: '1', ...changes }),
    )
  table('binary log', judgeDurability, [
    ['is on', variables(), 'ok', /on/],
    ['is off', variables({ log_bin: 'OFF' }), 'warning', /no coordinates/],
    ['cannot be told', new Failure('connection-lost', 'gone'), 'not-applicable', /gone/],
  ])
  table('sync_binlog', judgeDurability, [
    ['is 1', variables(), 'ok', /1/],
    ['is 0', variables({ sync_binlog: '0' }), 'warning', /^0: .*SET GLOBAL sync_binlog = 1/],
    ['does not matter', variables({ log_bin: 'OFF', sync_binlog: '0' }), 'not-applicable', /off/],
  ])
  table('innodb_flush_log_at_trx_commit', judgeDurability, [
    ['is 1', variables(), 'ok', /1/],
    ['is 2', variables({ innodb_flush_log_at_trx_commit: '2' }), 'warning', /^2: /],
    ['is not there', new Map([['log_bin', 'OFF']]), 'not-applicable', /no InnoDB/],
  ])
  table('redo log', judgeDurability, [
    ['is off', variables({ Innodb_redo_log_enabled: 'OFF' }), 'problem', /ENABLE INNODB REDO_LOG/],
  ])
  table('innodb_doublewrite', judgeDurability, [
    ['is off', variables({ innodb_doublewrite: 'OFF' }), 'warning', /half written/],
  ])
  test('recovery is not spoken of where it has all it needs', () => {
    const names = judgeDurability(variables({ Innodb_redo_log_enabled: 'ON', innodb_doublewrite: 'ON' }))
    assert.deepEqual(
      names.filter(({ name }) => ['redo log', 'innodb_doublewrite'].includes(name)),
      [],
    )
  })
})

describe('traffic', () => {
  const statement = {
    id: 7,
    user: 'app',
    host: 'web',
    command: 'Query',
    age: 9000,
    state: '',
    text: 'SELECT SLEEP(99)',
  }
  const facts: TrafficFacts = {
    statements: [],
    seesOthers: true,
    quietQuery: 2000,
    waitsFor: 'all',
    connections: { most: 100, inUse: 3, mostOfAccount: 0 },
  }
  const connections = (most: number, inUse: number, mostOfAccount = 0): TrafficFacts => ({
    ...facts,
    connections: { most, inUse, mostOfAccount },
  })
  table('long statements', judgeTraffic, [
    ['there is none', facts, 'ok', /2s or longer/],
    [
      'one runs',
      { ...facts, statements: [statement] },
      'warning',
      /statement 7 of app@web, running for 9s: SELECT SLEEP\(99\); end it \(KILL 7\)/,
    ],
    [
      'one runs that the lock does not wait for',
      { ...facts, statements: [statement], waitsFor: 'writes' },
      'ok',
      /none/,
    ],
    ['they are hidden', { ...facts, seesOthers: false }, 'not-applicable', /PROCESS/],
    [
      'nobody answers',
      { ...facts, statements: new Failure('connection-lost', 'gone') },
      'not-applicable',
      /gone/,
    ],
  ])
  table('connections', judgeTraffic, [
    ['many are free', facts, 'ok', /98 of 100/],
    ['few are free', connections(100, 98), 'warning', /3 of 100/],
    [
      'one is free',
      connections(100, 100),
      'problem',
      /1 of 100 are free, and a freeze needs 2; raise max_connections/,
    ],
    ['the account may have one', connections(100, 3, 1), 'problem', /MAX_USER_CONNECTIONS/],
    ['the account may have two', connections(100, 3, 2), 'ok', /98/],
  ])
})

describe('the thread pool', () => {
  const threads = { threadPool: { mostThreads: 12, groups: 2 }, adminPort: 3307, maxConnections: 200 }
  const facts: ThreadPoolFacts = {
    findings: threads,
    transport: { kind: 'socket', path: '/s' },
    connections: { most: 200, inUse: 5, mostOfAccount: 0 },
  }
  const gone = new Failure('connection-lost', 'gone')
  table('thread pool', judgeThreadPool, [
    [
      'waiting writers could fill it',
      facts,
      'problem',
      /12 threads .*extra_port is 3307.*; set extra_port .* admin-port of ours, or thread_pool_max_threads = 206/,
    ],
    [
      'we come in beside it',
      { ...facts, transport: { kind: 'tcp', host: '127.0.0.1', port: 3307 } },
      'ok',
      /3307 is extra_port/,
    ],
    [
      'it has threads enough',
      { ...facts, findings: { ...threads, threadPool: { mostThreads: 65_536, groups: 2 } } },
      'ok',
      /65536 threads at most, and 5 connections in use/,
    ],
    ['there is none', { ...facts, findings: { ...threads, threadPool: null } }, 'ok', /none/],
    ['nobody tells of it', { ...facts, findings: gone }, 'not-applicable', /gone/],
    ['nobody tells of the connections', { ...facts, connections: gone }, 'not-applicable', /gone/],
  ])
})

describe('the last run', () => {
  const run = {
    run: 'r1',
    at: '2026-01-02T00:00:09Z',
    askedAt: '2026-01-02T00:00:02Z',
    verdict: 'yes',
    message: 'run r1: consistent yes',
  }
  const facts = { log: '/l', unreadable: null, call: { at: '2026-01-02T00:00:01Z' }, run }
  table('last call', judgeLastRun, [
    ['there was one', facts, 'ok', /00:00:01Z/],
    ['there was none', { ...facts, call: null, run: null }, 'not-applicable', /no agent called us/],
    [
      'no run came of it',
      { ...facts, call: { at: '2026-01-03T00:00:00Z' } },
      'warning',
      /no run has come of it/,
    ],
    [
      'the log is closed to us',
      { ...facts, unreadable: 'permission denied (EACCES)' },
      'not-applicable',
      /\/l: permission denied/,
    ],
  ])
  table('last run', judgeLastRun, [
    ['was good', facts, 'ok', /run r1: consistent yes/],
    [
      'was not',
      { ...facts, run: { ...run, verdict: 'no', message: 'run r1: consistent no: why' } },
      'problem',
      /why; discard that snapshot; grep r1 \/l/,
    ],
    ['is unknown', { ...facts, run: null }, 'not-applicable', /none/],
  ])
})

describe('time limits', () => {
  const settings = { freezeWithin: 120_000, holdAtMost: 60_000, thawWithin: 15_000 }
  const facts = (
    platform: typeof qemu,
    set: string | null = null,
    changes: Partial<typeof settings> = {},
  ) => ({
    limits: platform.limits,
    set: () => set,
    settings: { ...settings, ...changes },
  })
  table('time limits', judgeLimits, [
    ['the defaults fit', facts(vmware), 'ok', /freeze-within \+ hold-at-most \+ thaw-within is 195s, .* 15m/],
    ['one is too long', facts(vmware, null, { freezeWithin: 840_000 }), 'warning', /is 915s, .* 15m; lower/],
    ['tools.conf has a shorter one', facts(vmware, '180'), 'warning', /is 195s, .* for 3m/],
    ['tools.conf has nonsense', facts(vmware, 'long'), 'ok', /15m/],
    [
      'Veeam waits for each script',
      facts(veeam, null, { freezeWithin: 600_000 }),
      'warning',
      /freeze-within is 10m/,
    ],
  ])
  test('are not judged where the agent waits for ever, or only the host knows', () => {
    assert.deepEqual([...judgeLimits(facts(vmware, '0')), ...judgeLimits(facts(qemu))], [])
  })
})

function orFailure<T>(work: () => T): T | Failure {
  try {
    return work()
  } catch (error) {
    return asFailure(error)
  }
}
