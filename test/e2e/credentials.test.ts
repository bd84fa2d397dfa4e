import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { describe } from 'node:test'
import { accountWith, privileges } from '../support/accounts.ts'
import { newAuthority } from '../support/certificate.ts'
import { failsWith, succeeds } from '../support/expect.ts'
import { freePort } from '../support/free-port.ts'
import { type Guest, guestOn, type Scene } from '../support/guest.ts'
import type { Settings } from '../support/lab.ts'

describe('mariadb-10.11', () => {
  const { scenario } = guestOn('mariadb-10.11')
  namesTheGrant(scenario)
  refuses(scenario)

  scenario('names a plugin that it cannot log in with', async ({ lab, writer }) => {
    await writer.ask("INSTALL SONAME 'auth_ed25519'")
    for (const statement of accountWith({ user: 'ed', identified: "VIA ed25519 USING PASSWORD('p')" }))
      await writer.ask(statement)
    await lab.logInAs({ user: 'ed', password: 'p' })
    const line =
      /^not frozen: the server at .* wants the plugin client_ed25519 for this account, which is not supported;/
    failsWith('access-denied', await lab.freeze('freeze'), line)
  })

  scenario('says that the server has no TLS where ssl-mode demands it', async ({ lab }) => {
    await lab.logInAs({ 'ssl-mode': 'REQUIRED' })
    const line =
      /^not frozen: TLS with the server at .*mysql\.sock failed: Server does not support secure connection/
    failsWith('login-failed', await lab.freeze('freeze'), line)
  })

  scenario(
    'logs in with unix_socket, without any option file',
    async (scene) => {
      await using _login = await loginBySocket(scene, 'VIA unix_socket')
      await worksWithoutFiles(scene)
    },
    noFilesOfThisMachine(),
  )
})

describe('mysql-5.7', () => {
  const { scenario } = guestOn('mysql-5.7')
  namesTheGrant(scenario)
  refuses(scenario)

  scenario('logs in with mysql_native_password', async (scene) => {
    await isGoodFor(scene, accountWith({ user: 'native', identified: `WITH mysql_native_password BY 'p'` }), {
      user: 'native',
      password: 'p',
    })
  })
})

const port = await freePort()

describe('mysql-9.7', () => {
  const { scenario } = guestOn('mysql-9.7', { port })
  namesTheGrant(scenario)
  refuses(scenario)

  scenario(
    'logs in with auth_socket, without any option file',
    async (scene) => {
      await scene.writer.ask("INSTALL PLUGIN auth_socket SONAME 'auth_socket.so'")
      await using _login = await loginBySocket(scene, 'WITH auth_socket')
      await worksWithoutFiles(scene)
    },
    noFilesOfThisMachine(),
  )

  scenario('logs in with caching_sha2_password, which the server has not seen before', async (scene) => {
    const made = accountWith({ user: 'sha2', identified: "WITH caching_sha2_password BY 'p'" })
    assert.equal(await isGoodFor(scene, made, { user: 'sha2', password: 'p' }), 'Socket')
  })

  for (const [title, settings, connection] of [
    ['encrypts of its own accord', {}, 'SSL/TLS'],
    ['encrypts with ssl-mode=REQUIRED', { 'ssl-mode': 'REQUIRED' }, 'SSL/TLS'],
    ['knows the server with ssl-mode=VERIFY_CA', { 'ssl-mode': 'VERIFY_CA', 'ssl-ca': 'ca.pem' }, 'SSL/TLS'],
    ['knows the server with ssl-ca alone', { 'ssl-ca': 'ca.pem' }, 'SSL/TLS'],
    ['does not encrypt with ssl-mode=DISABLED', { 'ssl-mode': 'DISABLED' }, 'TCP/IP'],
  ] as const) {
    scenario(`over TCP ${title}`, async (scene) => {
      const user = `tcp_${connection.length}_${Object.values(settings).join('_').replaceAll(/\W/g, '')}`
      const made = accountWith({ user, from: '%' })
      assert.equal(await isGoodFor(scene, made, overTcp(scene, { user, ...settings })), connection)
    })
  }

  for (const [title, settings, line] of [
    [
      'an authority that did not sign it',
      { 'ssl-mode': 'VERIFY_CA', 'ssl-ca': 'client-cert.pem' },
      /certificate/,
    ],
    [
      'another name than its own',
      { 'ssl-mode': 'VERIFY_IDENTITY', 'ssl-ca': 'ca.pem' },
      /altnames|certificate/i,
    ],
  ] as const) {
    scenario(`over TCP refuses a server that has ${title}`, async (scene) => {
      const { lab } = scene
      await lab.logInAs(overTcp(scene, settings))
      const result = await lab.freeze('freeze')
      failsWith('login-failed', result, /^not frozen: TLS with the server at 127\.0\.0\.1:\d+ failed: /)
      assert.match(result.stdout, line)
    })
  }

  scenario('over TCP knows the server by its address with ssl-mode=VERIFY_IDENTITY', async (scene) => {
    await using signed = await signedFor(scene, [127, 0, 0, 1])
    const made = accountWith({ user: 'by_address', from: '%' })
    const login = overTcp(scene, { user: 'by_address', 'ssl-mode': 'VERIFY_IDENTITY', 'ssl-ca': signed.ca })
    assert.equal(await isGoodFor(scene, made, login), 'SSL/TLS')
  })

  scenario(
    'over TCP refuses a server whose certificate is for localhost, not for its address',
    async (scene) => {
      await using signed = await signedFor(scene, 'localhost')
      const { lab } = scene
      await lab.logInAs(overTcp(scene, { 'ssl-mode': 'VERIFY_IDENTITY', 'ssl-ca': signed.ca }))
      const { stdout } = await lab.freeze('freeze')
      assert.match(stdout, /^not frozen: .*IP: 127\.0\.0\.1 is not in the cert's list/)
    },
  )

  for (const [title, variable, settings, line] of [
    ['in offline mode', 'offline_mode', {}, /offline mode/],
    ['that wants TLS', 'require_secure_transport', { 'ssl-mode': 'DISABLED' }, /insecure transport/],
  ] as const) {
    scenario(`over TCP says what a server refuses ${title}`, async (scene) => {
      const { lab, writer } = scene
      for (const statement of accountWith({ user: variable, from: '%' })) await writer.ask(statement)
      await lab.logInAs(overTcp(scene, { user: variable, ...settings }))
      await writer.ask(`SET GLOBAL ${variable} = ON`)
      const result = await lab.freeze('freeze')
      await writer.ask(`SET GLOBAL ${variable} = OFF`)
      failsWith('login-failed', result, /^not frozen: the server at 127\.0\.0\.1:\d+ refuses: /)
      assert.match(result.stdout, line)
    })
  }

  scenario('says which limit of the account is reached', async ({ lab, writer }) => {
    for (const statement of accountWith({ user: 'hourly' })) await writer.ask(statement)
    await writer.ask("ALTER USER 'hourly'@'localhost' WITH MAX_QUERIES_PER_HOUR 1")
    await lab.logInAs({ user: 'hourly' })
    const result = await lab.freeze('freeze')
    failsWith('too-many-connections', result, /^not frozen: the server at .* refuses: .*'max_questions'/)
  })

  scenario('says that the server refuses an account that is blocked for wrong passwords', async (scene) => {
    const { lab, writer } = scene
    for (const statement of accountWith({ user: 'blocked' })) await writer.ask(statement)
    await writer.ask("ALTER USER 'blocked'@'localhost' FAILED_LOGIN_ATTEMPTS 1 PASSWORD_LOCK_TIME 1")
    await lab.logInAs({ user: 'blocked', password: 'wrong' })
    failsWith('access-denied', await lab.freeze('freeze'), /^not frozen: the server at .* refuses: .*blocked/)
  })

  scenario('says which file of TLS holds no certificate', async (scene) => {
    const { lab } = scene
    const garbage = join(lab.folder, 'garbage.pem')
    await writeFile(garbage, 'garbage')
    await lab.logInAs({ ...overTcp(scene, {}), 'ssl-cert': garbage })
    const line = new RegExp(`^not frozen: ssl-cert ${garbage} holds no certificate: `)
    failsWith('bad-setting', await lab.freeze('freeze'), line)
  })

  scenario('says which file of TLS is missing', async (scene) => {
    const { lab } = scene
    await lab.logInAs(overTcp(scene, { 'ssl-ca': 'missing.pem' }))
    failsWith(
      'option-file-unreadable',
      await lab.freeze('freeze'),
      /^not frozen: ssl-ca .*missing\.pem cannot be read: /,
    )
  })

  scenario('over TCP says where no server answers', async (scene) => {
    const { lab } = scene
    await lab.logInAs({ ...overTcp(scene, {}), port: '1' })
    failsWith(
      'server-unreachable',
      await lab.freeze('freeze'),
      /^not frozen: no server answers at 127\.0\.0\.1:1: /,
    )
  })
})

function namesTheGrant(scenario: Guest['scenario']): void {
  for (const missing of privileges) {
    scenario(`says that GRANT ${missing} is missing, and locks nothing`, async ({ lab, writer }) => {
      const user = `no_${missing.toLowerCase().replace(' ', '_')}`
      for (const statement of accountWith({ user, granted: privileges.filter((one) => one !== missing) }))
        await writer.ask(statement)
      await lab.logInAs({ user })
      const line = new RegExp(`is missing; GRANT ${missing} ON \\*\\.\\* TO '${user}'@'localhost';`)
      failsWith('privilege-missing', await lab.freeze('freeze'), line)
      assert.deepEqual(await lab.files(), [])
    })
  }
}

function refuses(scenario: Guest['scenario']): void {
  for (const [title, options] of [
    ['a wrong password', { password: 'wrong' }],
    ['no password', { password: '' }],
    ['an account that does not exist', { user: 'nobody_here' }],
  ] as const) {
    scenario(`says that the server refuses ${title}`, async ({ lab }) => {
      await lab.logInAs(options)
      const result = await lab.freeze('freeze')
      failsWith(
        'access-denied',
        result,
        /^not frozen: the server at .*mysql\.sock refuses: Access denied for user /,
      )
      assert.doesNotMatch(result.stdout, /wrong/)
      assert.deepEqual(await lab.files(), [])
    })
  }

  scenario('says that the server refuses a password that has expired', async ({ lab, writer }) => {
    for (const statement of accountWith({ user: 'expired' })) await writer.ask(statement)
    await writer.ask("ALTER USER 'expired'@'localhost' PASSWORD EXPIRE")
    await lab.logInAs({ user: 'expired' })
    failsWith(
      'access-denied',
      await lab.freeze('freeze'),
      /^not frozen: the server at .* refuses: You.* password/i,
    )
  })

  scenario('says that the server refuses more connections of all', async ({ lab, writer }) => {
    const sessions = await Promise.all(Array.from({ length: 10 }, () => writer.occupies('DO 1')))
    await writer.ask('SET GLOBAL max_connections = 10')
    const result = await lab.freeze('freeze')
    await writer.ask('SET GLOBAL max_connections = 60')
    for (const session of sessions) await session[Symbol.asyncDispose]()
    failsWith('too-many-connections', result, /^not frozen: the server at .* refuses: Too many connections/)
  })

  scenario('says that the server refuses a second connection of the account', async ({ lab, writer }) => {
    for (const statement of accountWith({ user: 'single' })) await writer.ask(statement)
    await writer.ask("ALTER USER 'single'@'localhost' WITH MAX_USER_CONNECTIONS 1")
    await lab.logInAs({ user: 'single' })
    const result = await lab.freeze('freeze')
    failsWith('too-many-connections', result, /^not frozen: the server at .* refuses: .*max_user_connections/)
  })

  scenario('says at which socket no server answers', async ({ lab }) => {
    const socket = join(lab.folder, 'missing.sock')
    await lab.logInAs({ socket })
    const line = new RegExp(`^not frozen: no server answers at ${socket}: connect ENOENT`)
    failsWith('server-unreachable', await lab.freeze('freeze'), line)
  })
}

/** A whole cycle with these credentials; returns how the server says that we are connected, where it can say it. */
async function isGoodFor(
  { lab, writer }: Scene,
  statements: readonly string[],
  login: Settings,
): Promise<unknown> {
  for (const statement of statements) await writer.ask(statement)
  await lab.logInAs(login)
  succeeds(await lab.freeze('freeze'), /^frozen at /)
  const waiting = await writer.isKeptWaiting()
  const [seen] = await writer
    .ask(
      `SELECT DISTINCT CONNECTION_TYPE AS type FROM performance_schema.threads WHERE PROCESSLIST_USER = '${login['user']}'`,
    )
    .catch(() => [])
  succeeds(await lab.thaw('thaw'), /is consistent$/m)
  await waiting.written
  return seen?.['type']
}

/** A name of a file in `settings` means one of those that the server made for itself. */
function overTcp({ server }: Scene, settings: Settings): Settings {
  const { 'ssl-ca': ca, ...others } = settings
  return {
    host: '127.0.0.1',
    port: String(server.port),
    ...others,
    ...(ca ? { 'ssl-ca': join(server.dataDir, ca) } : {}),
  }
}

/** Until disposed of, the server shows a certificate for `name`, which the authority in its folder has signed. */
async function signedFor(
  { server, writer }: Scene,
  name: string | readonly number[],
): Promise<AsyncDisposable & { readonly ca: string }> {
  const authority = newAuthority()
  const { cert, key } = authority.signs(name)
  const files = { ca: authority.cert, cert, key }
  for (const [what, text] of Object.entries(files))
    await writeFile(join(server.dataDir, `signed-${what}.pem`), text)
  await shows({ ca: 'signed-ca.pem', cert: 'signed-cert.pem', key: 'signed-key.pem' })
  return {
    ca: 'signed-ca.pem',
    [Symbol.asyncDispose]: () => shows({ ca: 'ca.pem', cert: 'server-cert.pem', key: 'server-key.pem' }),
  }

  async function shows({ ca, ...own }: Record<'ca' | 'cert' | 'key', string>): Promise<void> {
    await writer.ask(
      `SET GLOBAL ssl_ca = '${ca}', GLOBAL ssl_cert = '${own.cert}', GLOBAL ssl_key = '${own.key}'`,
    )
    await writer.ask('ALTER INSTANCE RELOAD TLS')
  }
}

/** The account that is named as we are is let in because it is us. */
async function loginBySocket({ writer }: Scene, identified: string): Promise<AsyncDisposable> {
  const user = userInfo().username
  const name = `'${user}'@'localhost'`
  if (user !== 'root') for (const statement of accountWith({ user, identified })) await writer.ask(statement)
  else await writer.ask(`ALTER USER ${name} IDENTIFIED ${identified}`)
  return { [Symbol.asyncDispose]: async () => void (await writer.ask(`ALTER USER ${name} IDENTIFIED BY ''`)) }
}

async function worksWithoutFiles({ lab, server, writer }: Scene): Promise<void> {
  delete lab.env['MYSQL_QUIESCE_CONFIG']
  const flags = [`--socket=${server.socket}`, `--record-dir=${lab.recordDir}`, `--log-file=${lab.logFile}`]
  succeeds(await lab.freeze('freeze', ...flags), /^frozen at /)
  const waiting = await writer.isKeptWaiting()
  succeeds(await lab.thaw('thaw', ...flags), /is consistent$/m)
  await waiting.written
}

function noFilesOfThisMachine() {
  const found = ['/etc/mysql-quiesce.cnf', '/root/.my.cnf'].find((file) => existsSync(file))
  return { skip: found === undefined ? (false as const) : `this machine has ${found}` }
}
