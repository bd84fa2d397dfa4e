import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, test } from 'node:test'
import { withDir } from 'tmp-promise'
import { connectionFor, loadSettings, usualPlaces, type Flags } from '../../src/adapters/settings.ts'
import { settle } from '../../src/core/settle.ts'
import { asOrdinaryUser } from '../support/ordinary-user.ts'

const isRoot = process.geteuid!() === 0

describe('settings', () => {
  test('are looked for in /etc/mysql-quiesce.cnf, credentials in /root/.my.cnf', () => {
    assert.deepEqual(usualPlaces, { config: '/etc/mysql-quiesce.cnf', defaultsFile: '/root/.my.cnf' })
  })

  test('are the defaults where there is no option file at either place', async () => {
    await onMachine({}, (load) => {
      assert.deepEqual(load({}), { settings: settle([]), servers: [settle([])], files: [] })
    })
  })

  test('come from both places', async () => {
    const files = {
      'config.cnf': '[mysql-quiesce]\nlock-wait=4s\n',
      'my.cnf': '[client]\nuser=u\npassword=p\n',
    }
    await onMachine(files, (load, folder) => {
      const { settings, files: read } = load({})
      assert.deepEqual([settings.lockWait, settings.user, settings.password], [4000, 'u', 'p'])
      assert.deepEqual(read, [join(folder, 'config.cnf'), join(folder, 'my.cnf')])
    })
  })

  test('are settled in five steps: [client] here, there, [mysql-quiesce] here, there, command line', async () => {
    const users = ['0', '1', '2', '3', '4'].map((step) => `user=${step}\n`)
    for (let steps = 1; steps <= 5; steps++) {
      const at = (step: number) => (step < steps ? users[step] : '')
      await onMachine(
        {
          'config.cnf': `[mysql-quiesce]\n${at(2)}[client]\n${at(0)}`,
          'my.cnf': `[mysql-quiesce]\n${at(3)}[client]\n${at(1)}`,
        },
        (load) => {
          assert.equal(load({ flags: steps === 5 ? { user: ['4'] } : {} }).settings.user, String(steps - 1))
        },
      )
    }
  })

  test('of other groups are nothing to us', async () => {
    const files = { 'my.cnf': '[mysqld]\nlock-wait=soon\nuser=mysql\n[client-server]\nuser=x\n[client]\n' }
    await onMachine(files, (load) => {
      assert.equal(load({}).settings.user, undefined)
    })
  })
})

describe('the config file', () => {
  test('is named by --config, else by MYSQL_QUIESCE_CONFIG, else the usual one', async () => {
    const files = {
      'config.cnf': '[client]\nuser=usual',
      'one.cnf': '[client]\nuser=one',
      'two.cnf': '[client]\nuser=two',
    }
    await onMachine(files, (load, folder) => {
      const env = { MYSQL_QUIESCE_CONFIG: join(folder, 'one.cnf') }
      assert.equal(load({}).settings.user, 'usual')
      assert.equal(load({ env: { MYSQL_QUIESCE_CONFIG: '' } }).settings.user, 'usual')
      assert.equal(load({ env }).settings.user, 'one')
      assert.equal(load({ env, flags: { config: [join(folder, 'two.cnf')] } }).settings.user, 'two')
    })
  })

  test('that is named must be there', async () => {
    await onMachine({}, (load, folder) => {
      const missing = {
        code: 'option-file-unreadable',
        message: `${folder}/no.cnf cannot be read: no such file or directory (ENOENT)`,
      }
      assert.throws(() => load({ flags: { config: [join(folder, 'no.cnf')] } }), missing)
      assert.throws(() => load({ env: { MYSQL_QUIESCE_CONFIG: join(folder, 'no.cnf') } }), missing)
    })
  })

  test('is read from the current folder where its name is relative', async () => {
    await onMachine({ 'one.cnf': '[client]\nuser=one' }, (load, folder) => {
      const before = process.cwd()
      process.chdir(folder)
      try {
        assert.equal(load({ flags: { config: ['./one.cnf'] } }).settings.user, 'one')
      } finally {
        process.chdir(before)
      }
    })
  })

  test('with a bad setting is refused with file and line', async () => {
    await onMachine({ 'config.cnf': '\n[mysql-quiesce]\n\nlock-wait = 2h\n' }, (load, folder) => {
      assert.throws(() => load({}), {
        code: 'bad-setting',
        message: `${folder}/config.cnf:4: lock-wait is 2h, out of the range from 1s to 60s`,
      })
    })
  })
})

describe('the defaults-file', () => {
  test('is named by --defaults-file, else by the config file, beside which it is', async () => {
    const files = {
      'config.cnf': '[mysql-quiesce]\ndefaults_file = secret/one.cnf',
      'secret/one.cnf': '[client]\nuser=one',
      'two.cnf': '[client]\nuser=two',
    }
    await onMachine(files, (load, folder) => {
      const { settings } = load({})
      assert.deepEqual([settings.user, settings.defaultsFile], ['one', [join(folder, 'secret/one.cnf')]])
      assert.equal(load({ flags: { 'defaults-file': [join(folder, 'two.cnf')] } }).settings.user, 'two')
    })
  })

  test('that is named must be there, even by the usual name', async () => {
    await onMachine({}, (load, folder) => {
      const flags = { 'defaults-file': [join(folder, 'my.cnf')] }
      assert.throws(() => load({ flags }), {
        code: 'option-file-unreadable',
        message: /\/my\.cnf .*\(ENOENT\)$/,
      })
    })
  })

  test('may be given again and again: one for each server of the set, each with its own login', async () => {
    const files = {
      'config.cnf': '[mysql-quiesce]\ndefaults-file=a.cnf\ndefaults-file=b.cnf\nlock-wait=2s\n',
      'a.cnf': '[client]\nuser=a\nsocket=/run/a.sock',
      'b.cnf': '[client]\nuser=b\n[mysql-quiesce]\nsocket=/run/b.sock',
    }
    await onMachine(files, (load, folder) => {
      const { settings, servers, files: read } = load({})
      const logins = servers.map(({ user, socket, lockWait }) => ({ user, socket, lockWait }))
      assert.deepEqual(logins, [
        { user: 'a', socket: '/run/a.sock', lockWait: 2000 },
        { user: 'b', socket: '/run/b.sock', lockWait: 2000 },
      ])
      assert.deepEqual([settings.lockWait, read.length], [2000, 3])
      const one = load({ flags: { 'defaults-file': [join(folder, 'b.cnf')] } })
      assert.deepEqual(
        one.servers.map(({ user }) => user),
        ['b'],
      )
    })
  })

  test('of one server of several does not say how the set is to be locked', async () => {
    const files = {
      'config.cnf': '[mysql-quiesce]\ndefaults-file=a.cnf\ndefaults-file=b.cnf\n',
      'a.cnf': '[client]\nuser=a',
      'b.cnf': '[mysql-quiesce]\nhold-at-most=5s',
    }
    await onMachine(files, (load, folder) => {
      assert.throws(() => load({}), {
        code: 'bad-setting',
        message: `${folder}/b.cnf:2: hold-at-most is about the whole set, and this defaults-file about one of its servers`,
      })
    })
  })

  test('names no other one', async () => {
    await onMachine({ 'my.cnf': '[mysql-quiesce]\ndefaults-file=/x' }, (load, folder) => {
      assert.throws(() => load({}), {
        code: 'bad-setting',
        message: `${folder}/my.cnf:2: a defaults-file cannot name another defaults-file`,
      })
    })
  })

  test('that others can read is refused, usual or not', async () => {
    await onMachine({ 'my.cnf': '[client]\npassword=p' }, (load, folder) => {
      chmodSync(join(folder, 'my.cnf'), 0o644)
      assert.throws(() => load({}), { code: 'option-file-exposed', message: /\(mode 0644, owner \d+:\d+\)$/ })
    })
  })

  test('of root is as good as none to anybody else, where nobody names it', async () => {
    await onMachine({ 'my.cnf': '[client]\nuser=root' }, async (load, folder) => {
      chmodSync(folder, 0o711)
      chmodSync(join(folder, 'my.cnf'), 0o000)
      assert.equal(await asOrdinaryUser(() => load({}).settings.user), undefined)
    })
  })
})

describe('a path', () => {
  test('is beside the file that names it, or in our home, or as it is', async () => {
    const files = {
      'config.cnf': '[client]\nssl-ca=ca.pem\nssl_cert=~/cert.pem\nssl-key=/key.pem\n!include sub/more.cnf\n',
      'sub/more.cnf': '[mysql-quiesce]\nlog-file=../log\n',
    }
    await onMachine(files, (load, folder) => {
      const { sslCa, sslCert, sslKey, logFile } = load({}).settings
      assert.deepEqual(
        [sslCa, sslCert, sslKey, logFile],
        [join(folder, 'ca.pem'), join(homedir(), 'cert.pem'), '/key.pem', join(folder, 'log')],
      )
    })
  })

  test('on the command line is from the current folder', async () => {
    await onMachine({}, (load) => {
      assert.equal(load({ flags: { 'log-file': ['log'] } }).settings.logFile, join(process.cwd(), 'log'))
    })
  })
})

describe('the command line', () => {
  test('is refused with a password, which is not repeated', async () => {
    await onMachine({}, (load) => {
      assert.throws(() => load({ flags: { password: ['secret'] } }), {
        code: 'bad-setting',
        message: /^--password: .* the password belongs in the defaults-file, in \[client\]$/,
      })
    })
  })

  test('is named where a setting of it is wrong or unknown', async () => {
    await onMachine({}, (load) => {
      assert.throws(() => load({ flags: { 'lock-wait': ['1x'] } }), {
        message: "--lock-wait: lock-wait '1x' is not a duration (90s, 500ms, 2m, 1h)",
      })
      assert.throws(() => load({ flags: { sokcet: ['/x'] } }), {
        message: "--sokcet: there is no setting 'sokcet'; did you mean socket?",
      })
    })
  })
})

describe('a connection', () => {
  test('is made as the user of this process where none is set', () => {
    const { user, transport } = connectionFor({ ...settle([]), socket: '/s' })
    assert.deepEqual(transport, { kind: 'socket', path: '/s' })
    if (isRoot) assert.equal(user, 'root')
    else assert.ok(user.length > 0)
  })

  test('is made as the user that is set', () => {
    assert.equal(connectionFor({ ...settle([]), socket: '/s', user: 'u' }).user, 'u')
  })
})

type Load = (options: { flags?: Flags; env?: NodeJS.ProcessEnv }) => ReturnType<typeof loadSettings>

/** A machine whose usual places are config.cnf and my.cnf in a folder of its own. */
async function onMachine(
  files: Readonly<Record<string, string>>,
  use: (load: Load, folder: string) => void | Promise<void>,
): Promise<void> {
  await withDir(
    async ({ path: folder }) => {
      for (const [name, text] of Object.entries(files)) write(join(folder, name), text)
      const places = { config: join(folder, 'config.cnf'), defaultsFile: join(folder, 'my.cnf') }
      await use(({ flags = {}, env = {} }) => loadSettings({ flags, env, places }), folder)
    },
    { unsafeCleanup: true },
  )
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, { mode: 0o600 })
}
