import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { dir, type DirectoryResult } from 'tmp-promise'
import { build } from '../../src/bundle/build.ts'
import { type Server, startServer } from '../servers/start.ts'
import { account, accountWith } from '../support/accounts.ts'
import { freePort } from '../support/free-port.ts'
import { inPrivateSystem } from '../support/private-system.ts'

/** Stand-ins for the agents: dash under their names, which waits, and takes `-F` for an argument of its script. */
const agents = `
cp /bin/dash /usr/bin/vmtoolsd
cp /bin/dash /usr/sbin/qemu-ga
rm -f /run/wait; mkfifo /run/wait
tools() { vmtoolsd -c 'read _ </run/wait' & }
guest() { qemu-ga -c 'read _ </run/wait' "$@" & }
is_up() { until grep -qx "$1" /proc/[0-9]*/comm; do sleep 0.05; done; }
`

describe(
  'the doctor of an installed bundle',
  { skip: process.getuid?.() !== 0 && 'a private system needs root' },
  () => {
    let folder: DirectoryResult
    let server: Server
    let install: string

    before(async () => {
      folder = await dir({ unsafeCleanup: true })
      const bundle = join(folder.path, 'bundle')
      await build({ out: bundle, stateDir: '/var/run/veeam' })
      const port = await freePort()
      server = await startServer({
        name: 'mariadb-10.11',
        dir: join(folder.path, 'data'),
        options: ['--log-bin', '--sync-binlog=1'],
        port,
      })
      for (const statement of accountWith({ ...account, from: '127.0.0.1' })) await server.client(statement)
      for (const statement of accountWith(account)) await server.client(statement)
      install = `
      ${agents}
      printf '%s\\n' '[client]' 'user=${account.user}' 'password="${account.password.replace("'", `'"'"'`)}"' host=127.0.0.1 port=${port} >/root/.my.cnf
      chmod 600 /root/.my.cnf
      '${bundle}/install' >/dev/null`
    })
    after(async () => {
      await server.stop()
      await folder.cleanup()
    })

    /** Runs a script where it sees no process but its own, then the doctor; the agents end with it. */
    async function doctorAfter(script: string, ...flags: readonly string[]) {
      const all = `${install}\n${script}\nmysql-quiesce doctor ${flags.join(' ')}; echo "exit code $?"`
      const ended = await inPrivateSystem(
        `cat >/run/all <<'ALL'\n${all}\nALL\nexec unshare --pid --fork --kill-child --mount-proc sh -u /run/all`,
      )
      assert.equal(ended.stderr, '')
      return ended.stdout
    }
    const running = 'tools; guest -F/etc/qemu/fsfreeze-hook; is_up vmtoolsd; is_up qemu-ga'

    test('is green: all is well, exit code 0', async () => {
      const said = await doctorAfter(running)
      assert.match(said, /\nall is well: \d+ checks are ok\nexit code 0\n$/)
      assert.doesNotMatch(said, /PROBLEM|warning/)
      for (const line of [
        /^  ok       node   v\d+\.\S+ at \//m,
        /^  ok       start  pre-freeze-script \d+\.\S+, in an empty environment$/m,
        /^  ok       vmtoolsd runs +pid \d+$/m,
        /^  ok       the agent was told to call a hook +\/etc\/qemu\/fsfreeze-hook, by the command line of pid \d+$/m,
        /^  ok       state directory  \/var\/run\/veeam, on tmpfs$/m,
        /^  ok       option files  \/etc\/mysql-quiesce\.cnf, \/root\/\.my\.cnf: /m,
        /^  ok       login +quiesce@/m,
      ])
        assert.match(said, line)
      assert.doesNotMatch(said, new RegExp(account.password))
    })

    for (const [title, script, line] of [
      [
        'there is no Node.js that the agents would find',
        'rm -f /usr/lib/mysql-quiesce/current/node-path /usr/local/bin/node /opt/node/bin/node /usr/bin/nodejs; node=$(readlink -f /usr/bin/node); cp "$node" /run/node; rm -f /usr/bin/node; mysql_quiesce() { /run/node /usr/sbin/mysql-quiesce "$@"; }; alias mysql-quiesce=mysql_quiesce',
        /^  PROBLEM  node +none at \/usr\/lib\/mysql-quiesce\/\S+\/node, /m,
      ],
      ['no agent runs', '', /^  PROBLEM  vmtoolsd runs +no process of that name\n +do: systemctl/m],
      [
        'the agent was not started again after install',
        'guest; is_up qemu-ga; touch -d "1 hour" /etc/qemu/qemu-ga.conf',
        /^  warning  the agent was told.*, but pid \d+ was started before \/etc\/qemu\/qemu-ga\.conf was changed\n +do: systemctl restart/m,
      ],
      [
        'the state directory is on a disk',
        'mkdir -m 700 /root/disk; mount --bind /root/disk /run/veeam',
        /^  PROBLEM  state directory +\/var\/run\/veeam is on a disk/m,
      ],
      [
        'others may write into the state directory',
        'chmod 777 /run/veeam',
        /^  PROBLEM  state directory +\/var\/run\/veeam may be written by others/m,
      ],
      ['a run was left behind', 'touch /run/veeam/waitforsnapshot', /^  warning  phase +abandoned/m],
      [
        'the disk of the records is read-only',
        'mkdir /var/lib/mysql-quiesce; mount --bind /var/lib/mysql-quiesce /var/lib/mysql-quiesce; mount -o remount,bind,ro /var/lib/mysql-quiesce',
        /^  PROBLEM  record-dir +\/var\/lib\/mysql-quiesce: read-only file system \(EROFS\)/m,
      ],
      [
        'others can read the password',
        'chmod 644 /root/.my.cnf',
        /^  PROBLEM  option files +\/root\/\.my\.cnf has a password, and others can read it/m,
      ],
      [
        'the last run was not consistent',
        `echo '{"level":40,"time":"2026-01-02T03:04:05Z","script":"post-thaw-script","run":"r1","askedAt":"2026-01-02T03:04:00Z","verdict":"no","checks":[],"msg":"run r1: consistent no: the hold expired"}' >/var/log/mysql-quiesce.log`,
        /^  PROBLEM  last run +2026-01-02T03:04:05Z: run r1: consistent no: the hold expired$/m,
      ],
    ] as const) {
      test(`says it when ${title}`, async () => {
        assert.match(await doctorAfter(script), line)
      })
    }

    test('says that an agent with a /tmp of its own does not see the socket there', async () => {
      const said = await doctorAfter(
        `mkdir -p /tmp/socket; : >/tmp/socket/s
       unshare -m sh -c 'mount -t tmpfs none /tmp; exec vmtoolsd -c "read _ </run/wait"' & is_up vmtoolsd`,
        '--protocol=socket --socket=/tmp/socket/s',
      )
      assert.match(
        said,
        /^  PROBLEM  socket +vmtoolsd \(pid \d+\) does not see \/tmp\/socket\/s, .*\n +do: PrivateTmp=no/m,
      )
      assert.match(
        said,
        /^  warning  same settings +this is not what an agent runs with: --socket, --protocol/m,
      )
    })

    test('lets nobody go, and leaves nothing', async () => {
      const said = await doctorAfter(`${running}
      echo '{"run":"r","pid":1}' >/run/veeam/waitforsnapshot
      see() { find /etc /var/lib /var/log /usr/sbin /usr/lib/mysql-quiesce /run /root/.my.cnf -maxdepth 2 -printf '%p %m %s %T@\\n'; }
      see >/tmp/before; mysql-quiesce doctor >/tmp/said; see >/tmp/after; cmp /tmp/before /tmp/after && echo 'as it was'`)
      assert.match(said, /^as it was$/m)
    })
  },
)
