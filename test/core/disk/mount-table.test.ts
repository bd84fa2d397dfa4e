import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { freezable, mountOf, mountsFrom, notOnOurDisks } from '../../../src/core/disk/mount-table.ts'

const text = `22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,discard
30 22 0:26 / /run rw,nosuid shared:5 master:1 - tmpfs tmpfs rw
41 22 254:16 / /data rw - xfs /dev/vdb rw
42 41 254:32 / /data/with\\040space rw - btrfs /dev/vdc rw
43 22 0:40 / /data/nfs rw - nfs4 host:/x rw
`

describe('the mount table', () => {
  const mounts = mountsFrom(text)

  test('has the mount point and the type of each line, whatever optional fields it has', () => {
    assert.deepEqual(mounts, [
      { point: '/', type: 'ext4' },
      { point: '/run', type: 'tmpfs' },
      { point: '/data', type: 'xfs' },
      { point: '/data/with space', type: 'btrfs' },
      { point: '/data/nfs', type: 'nfs4' },
    ])
  })

  for (const [path, point] of [
    ['/', '/'],
    ['/database', '/'],
    ['/data', '/data'],
    ['/data/mysql', '/data'],
    ['/data/with space/mysql', '/data/with space'],
  ] as const)
    test(`${path} is on ${point}`, () => assert.equal(mountOf(path, mounts)?.point, point))

  test('a later line covers an earlier one of the same place', () => {
    const covered = [...mounts, { point: '/data', type: 'tmpfs' }]
    assert.equal(mountOf('/data/mysql', covered)?.type, 'tmpfs')
  })

  test('of another world has nothing', () => assert.equal(mountOf('/data', []), undefined))
})

describe("a snapshot of this machine's disks", () => {
  for (const [type, why] of [
    ['ext4', null],
    ['xfs', null],
    ['overlay', null],
    ['zfs', null],
    ['tmpfs', 'in memory'],
    ['ramfs', 'in memory'],
    ['nfs4', 'on another machine'],
    ['cifs', 'on another machine'],
    ['virtiofs', 'on another machine'],
    ['fuse.sshfs', 'on another machine'],
  ] as const)
    test(`has ${why === null ? 'what is' : 'nothing of what is'} on ${type}`, () =>
      assert.equal(notOnOurDisks(type), why))
})

describe('the file systems that can be frozen', () => {
  test('are those of disks, each once, by the first place where it is mounted', () => {
    const table = [
      '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw',
      '23 22 0:21 / /proc rw - proc proc rw',
      '24 22 0:22 / /run rw - tmpfs tmpfs rw',
      '25 22 254:16 / /data\\040two rw - xfs /dev/vdb rw',
      '26 22 254:16 /a /bound rw - xfs /dev/vdb rw',
      '27 22 0:40 / /home rw - btrfs /dev/vdc rw',
      '28 22 7:1 / /snap/core ro - squashfs /dev/loop1 ro',
      '29 22 0:41 / /nfs rw - nfs4 host:/ rw',
      '',
    ].join('\n')
    assert.deepEqual(freezable(table), ['/', '/data two', '/home'])
  })
})
