import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { dir, type DirectoryResult } from 'tmp-promise'
import { build } from '../../src/bundle/build.ts'
import { inPrivateSystem } from '../support/private-system.ts'
import { noMounts } from '../support/scripts.ts'

/** A machine with the agents, and without Node.js. */
const machine = `
rm -f /usr/bin/node /usr/local/bin/node /usr/bin/nodejs /opt/node/bin/node
for agent in /usr/bin/vmtoolsd /usr/sbin/qemu-ga; do [ -e $agent ] || { : >$agent; chmod 755 $agent; }; done
see() {
  find /etc /usr/bin /usr/sbin /usr/lib /opt /var /run -xdev '(' -type f -printf '%p %M %U:%G %s\\n' ')' -o -printf '%p %M %U:%G %l\\n'
  find /etc /run -xdev -type f -exec cksum {} +
}
`

describe('an archive with Node.js inside, on a machine that has none', { skip: noMounts() }, () => {
  let folder: DirectoryResult
  let unpacked: string

  before(async () => {
    folder = await dir({ unsafeCleanup: true })
    const archive = join(folder.path, 'bundle.tar.gz')
    await build({ out: join(folder.path, 'bundle'), stateDir: '/var/run/veeam', node: 'inside', archive })
    unpacked = `${machine}\ntar -xzf '${archive}' -C /root\ninstall=$(echo /root/mysql-quiesce-*/install)\n`
  })
  after(() => folder.cleanup())

  test('is installed, found by the agents, and taken out again without a trace', async () => {
    const { exitCode, stdout, stderr } = await inPrivateSystem(`${unpacked}
      see >/tmp/before
      [ "$(wc -l </tmp/before)" -gt 1000 ] || exit 1
      cd /tmp && $install >/tmp/said || exit 1
      grep '^platforms:' /tmp/said
      /usr/sbin/pre-freeze-script --version
      /etc/qemu/fsfreeze-hook.d/zz-mysql-quiesce status
      stat -c '%n %a %U' /var/run/veeam /etc/mysql-quiesce.cnf
      $install | grep 'nothing to do'
      mysql-quiesce uninstall >/dev/null || exit 1
      see >/tmp/after
      diff /tmp/before /tmp/after && echo 'as it was'
    `)
    assert.deepEqual([exitCode, stderr], [0, ''])
    assert.match(stdout, /^platforms: vmware, qemu \(detected\)\npre-freeze-script \d/)
    assert.match(stdout, /\nnothing done: called with 'status'/)
    assert.match(stdout, /\n\/var\/run\/veeam 700 root\n\/etc\/mysql-quiesce.cnf 600 root\nnothing to do: /)
    assert.match(stdout, /\nas it was\n$/)
  })

  test('is refused, with what to do, to somebody who is not root', async () => {
    const { exitCode, stderr } = await inPrivateSystem(`${unpacked}
      mv /root/mysql-quiesce-* /opt/bundle
      setpriv --reuid 65534 --regid 65534 --clear-groups /opt/bundle/install
    `)
    assert.equal(exitCode, 50)
    assert.match(stderr, /^mysql-quiesce: this machine is meant, and we are user 65534\nhint: run it as root/)
  })

  test('changes nothing where it may not write', async () => {
    const { exitCode, stdout, stderr } = await inPrivateSystem(`${unpacked}
      mount --bind /etc /etc && mount -o remount,bind,ro /etc
      see >/tmp/before
      $install; code=$?
      see >/tmp/after
      diff /tmp/before /tmp/after && echo 'as it was'
      exit $code
    `)
    assert.deepEqual([exitCode, stdout], [55, 'as it was\n'])
    assert.match(stderr, /^mysql-quiesce: \/etc\S*: read-only file system \(EROFS\); nothing was changed\n/)
  })

  test('is refused where others could have changed it', async () => {
    const { exitCode, stderr } = await inPrivateSystem(`${unpacked}
      chown -R 65534 /root/mysql-quiesce-*
      $install --platform vmware
    `)
    assert.equal(exitCode, 54)
    assert.match(stderr, /belongs to neither root nor us/)
  })
})
