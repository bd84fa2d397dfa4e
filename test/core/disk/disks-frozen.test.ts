import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { disksFrozen, type FreezeEvidence } from '../../../src/core/disk/disks-frozen.ts'
import { canBeFrozen } from '../../../src/core/disk/freezable.ts'
import { isWatchedDisk, type WatchedDisk } from '../../../src/core/disk/standstill.ts'

const [two, three, four] = [2, 3, 4].map((second) => `2026-11-28T03:00:0${second}.000Z`) as [
  string,
  string,
  string,
]
const qemuGa = { name: 'qemu-ga', freezes: 'yes', why: 'qemu-ga freezes the file systems' } as const
const frozen: WatchedDisk = {
  name: '/srv/db',
  type: 'ext4',
  stoodStill: [{ from: two, until: three }],
  notWatched: null,
}
const running: WatchedDisk = { name: '/srv/log', type: 'xfs', stoodStill: [], notWatched: null }
const unwatched: WatchedDisk = { ...running, notWatched: '/srv/log cannot be probed: permission denied' }

describe('the check "disks frozen" is', () => {
  for (const [what, change, result, seen] of [
    [
      'yes, and says from when to when, where each file system of the servers stood still',
      { watched: [frozen, { ...running, stoodStill: [{ from: three, until: null }] }] },
      'yes',
      `qemu-ga froze /srv/db (ext4) from ${two} to ${three}, /srv/log (xfs) from ${three} on`,
    ],
    [
      'yes, with the longest time, where one stood still more than once',
      {
        watched: [
          {
            ...frozen,
            stoodStill: [
              { from: two, until: four },
              { from: four, until: four },
            ],
          },
        ],
      },
      'yes',
      `qemu-ga froze /srv/db (ext4) from ${two} to ${four}`,
    ],
    [
      'unknown where none stood still',
      { watched: [{ ...frozen, stoodStill: [] }, running] },
      'unknown',
      'qemu-ga did not freeze the disks: /srv/db (ext4), /srv/log (xfs) could be written to all the time',
    ],
    [
      'unknown, by name, where only some stood still',
      { watched: [frozen, running] },
      'unknown',
      `qemu-ga did not freeze the disks: /srv/log (xfs) could be written to all the time; it froze /srv/db (ext4) from ${two} to ${three}`,
    ],
    [
      'unknown, with the reason, where one could not be watched',
      { watched: [frozen, unwatched] },
      'unknown',
      `whether qemu-ga froze the disks is not known: /srv/log (xfs) could not be watched: /srv/log cannot be probed: permission denied; it froze /srv/db (ext4) from ${two} to ${three}`,
    ],
    [
      'unknown, by what was seen, where another could not be watched',
      { watched: [{ ...frozen, stoodStill: [] }, unwatched] },
      'unknown',
      'qemu-ga did not freeze the disks: /srv/db (ext4) could be written to all the time',
    ],
    [
      'not applicable where no file system of the servers can be frozen',
      {
        passedOver: [
          { name: '/tank', type: 'zfs' },
          { name: '/nas', type: 'nfs4' },
        ],
      },
      'not-applicable',
      'no agent can freeze /tank (zfs), /nas (nfs4)',
    ],
    [
      'not applicable where no file system of the servers is known',
      {},
      'not-applicable',
      'no file system of the servers is known',
    ],
    [
      'not applicable where the invoker freezes nothing',
      { invoker: { name: 'veeam', freezes: 'no', why: 'veeam freezes no file systems' } },
      'not-applicable',
      'veeam freezes no file systems',
    ],
    [
      'not applicable where it is not known who called',
      { invoker: undefined },
      'not-applicable',
      'it is not known who called',
    ],
  ] as const satisfies readonly (readonly [string, Partial<FreezeEvidence>, string, string])[])
    test(what, () => {
      const evidence: FreezeEvidence = { invoker: qemuGa, watched: [], passedOver: [], ...change }
      assert.deepEqual(disksFrozen(evidence), { name: 'disks frozen', result, seen })
    })
})

describe('a file system', () => {
  for (const type of ['ext3', 'ext4', 'xfs', 'btrfs', 'f2fs', 'jfs', 'nilfs2', 'reiserfs', 'gfs2', 'ocfs2'])
    test(`can be frozen: ${type}`, () => assert.ok(canBeFrozen(type)))

  for (const type of [
    'zfs',
    'nfs',
    'nfs4',
    'cifs',
    'tmpfs',
    'overlay',
    '9p',
    'virtiofs',
    'fuse.sshfs',
    'proc',
  ])
    test(`cannot be frozen: ${type}`, () => assert.ok(!canBeFrozen(type)))
})

describe('what was seen of a file system', () => {
  for (const [value, is] of [
    [frozen, true],
    [unwatched, true],
    [{ ...frozen, stoodStill: [{ from: two, until: null }] }, true],
    [{ ...frozen, stoodStill: [{ from: two }] }, false],
    [{ ...frozen, stoodStill: 'long' }, false],
    [{ ...frozen, notWatched: 1 }, false],
    [{ ...frozen, name: null }, false],
    [null, false],
  ] as const)
    test(`is read: ${JSON.stringify(value)}: ${is}`, () => assert.equal(isWatchedDisk(value), is))
})
