import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn, type Scene } from '../support/guest.ts'
import { freezeAt } from '../support/moments.ts'
import { until } from '../support/until.ts'

// What comes of a server or a connection that is lost, in each phase, is in test/faults: here is what is said of it.
for (const name of ['mariadb-10.11', 'mysql-5.7'] as const) {
  describe(name, () => {
    const { scenario, restart } = guestOn(name)

    scenario('the connection that waits for the lock is killed: the freeze says which one', async (scene) => {
      await using freezing = await freezeAt('waiting for the lock', scene, ...patient)
      await scene.writer.ask(`KILL ${await holderThatWaits(scene)}`)
      const line = /^not frozen: the connection to .* was lost/
      failsWith('connection-lost', await freezing.freeze.ended, line)
    })

    scenario('the statement that asks for the lock is killed: it is asked for again', async (scene) => {
      await using freezing = await freezeAt('waiting for the lock', scene, ...patient)
      await scene.writer.ask(`KILL QUERY ${await holderThatWaits(scene)}`)
      await freezing[Symbol.asyncDispose]()
      succeeds(await freezing.freeze.ended, /^frozen at /)
      assert.equal((await scene.lab.hold())?.frozen?.attempts, 2)
      succeeds(await scene.lab.thaw('thaw'), /is consistent$/m)
    })

    scenario(
      'the connection that holds the lock is killed: the thaw says that it is not consistent',
      async (scene) => {
        const { lab, writer } = scene
        await lab.freeze('freeze')
        const waiting = await writer.isKeptWaiting()
        await writer.ask(`KILL ${(await lab.frozen())!.connection}`)
        await waiting.written
        const why = /is not consistent: the connection that held the lock was lost within \d+\.\d s;/
        failsWith('not-consistent', await lab.thaw('thaw'), why)
      },
    )

    scenario('the server is not running: the freeze says where it looked', async ({ lab, server }) => {
      await server.stop()
      const result = await lab.freeze('freeze')
      await restart()
      const line = /^not frozen: no server answers at .*mysql\.sock: connect (ECONNREFUSED|ENOENT) /
      failsWith('server-unreachable', result, line)
    })
  })
}

const patient = ['--lock-wait=15s']

async function holderThatWaits(scene: Scene): Promise<number> {
  return await until('the lock is asked for', async () => (await connections(scene)).holder)
}

/** Our sessions: the holder is the one that asks for the lock; there is none while only a quiet moment is waited for. */
async function connections({
  lab,
  writer,
}: Scene): Promise<{ observer: number; holder: number | undefined }> {
  const sessions = await writer.sessionsOf('quiesce')
  const frozen = (await lab.frozen())?.connection
  const holder = sessions.find(({ id, text }) => id === frozen || text === 'FLUSH TABLES WITH READ LOCK')?.id
  return { holder, observer: sessions.find(({ id }) => id !== holder)!.id }
}
