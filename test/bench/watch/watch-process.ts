/** Measures the watcher in a mount namespace of its own: what it freezes is nobody else's, and ends with it. */
import { execa } from 'execa'
import { dir } from 'tmp-promise'
import { together } from '../../../src/quiesce/together.ts'
import { loopDisk } from '../../support/loop-disk.ts'
import { measureWatch, type WatchPlan } from './measure.ts'

const { disks, type, ...plan } = JSON.parse(process.argv[2] ?? '') as Omit<WatchPlan, 'fileSystems'> & {
  readonly disks: number
  readonly type: string
}
const { path } = await dir({ unsafeCleanup: true })
await execa('mount', ['--make-rprivate', '/'])
await execa('mount', ['-t', 'tmpfs', 'disks', path])
try {
  const names = Array.from({ length: disks }, (_, index) => `disk-${index}`)
  await using all = await together(names.map((name) => loopDisk(path, name, type)))
  process.stdout.write(JSON.stringify(await measureWatch({ ...plan, fileSystems: all.all })))
} finally {
  await execa('umount', ['-l', path])
}
