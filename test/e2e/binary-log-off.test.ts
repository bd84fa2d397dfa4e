import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'node:test'
import { succeeds } from '../support/expect.ts'
import { guestOn } from '../support/guest.ts'

for (const name of ['mariadb-10.11', 'mysql-9.7', 'mysql-5.7'] as const) {
  const options = name === 'mariadb-10.11' ? [] : ['--gtid-mode=OFF', '--enforce-gtid-consistency=OFF']
  describe(`${name} without a binary log`, () => {
    const { scenario } = guestOn(name, { options: ['--skip-log-bin', ...options] })

    scenario(
      'is frozen all the same, and the verdict says what was checked instead',
      async ({ lab, writer }) => {
        succeeds(await lab.freeze('freeze'), /^frozen at no binary log, waited /)
        const waiting = await writer.isKeptWaiting()
        assert.equal(await readFile(join(lab.recordDir, 'binlog_info'), 'utf8'), '')
        const { servers } = JSON.parse(await readFile(join(lab.recordDir, 'coordinates.json'), 'utf8'))
        assert.equal(servers[0].coordinates, null)
        succeeds(await lab.thaw('thaw'), /is consistent$/m)
        await waiting.written
        const [line] = (await lab.log()).filter(({ msg }) => msg.startsWith('run '))
        assert.match(
          JSON.stringify(line?.['checks']),
          /the binary log is off: the unbroken connection is the proof/,
        )
      },
    )
  })
}
