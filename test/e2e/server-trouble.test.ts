import assert from 'node:assert/strict'
import { describe } from 'node:test'
import { failsWith, succeeds } from '../support/expect.ts'
import { guestOn, type Scene } from '../support/guest.ts'
import { freezeAt, everyWait } from '../support/moments.ts'
import { until } from '../support/until.ts'

const patient = ['--lock-wait=15s']
const lost = /^not frozen: the connection to .* was lost/

for (const name of ['mariadb-10.11', 'mysql-5.7'] as const) {
  describe(name, () => {
    const { scenario, restart } = guestOn(name)

    for (const wait of everyWait) {
      scenario(`the observer's connection is killed, ${wait}: the freeze fails`, async (scene) => {
        await using freezing = await freezeAt(wait, scene)
        await scene.writer.ask(`KILL ${(await connections(scene)).observer}`)
        failsWith('connection-lost', await freezing.freeze.ended, lost)
      })
    }

    scenario("the holder's connection is killed, waiting for the lock: the freeze fails", async (scene) => {
      await using freezing = await freezeAt('waiting for the lock', scene, ...patient)
      await scene.writer.ask(`KILL ${await holderThatWaits(scene)}`)
      failsWith('connection-lost', await freezing.freeze.ended, lost)
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
        await writer.ask(`KILL ${(await lab.hold())!.frozen!.connection}`)
        await waiting.written
        const why = /is not consistent: the connection that held the lock was lost within \d+\.\d s;/
        failsWith('not-consistent', await lab.thaw('thaw'), why)
      },
    )

    scenario("the observer's connection is killed while frozen: the lock stays", async (scene) => {
      const { lab, writer } = scene
      await lab.freeze('freeze')
      const waiting = await writer.isKeptWaiting()
      await writer.ask(`KILL ${(await connections(scene)).observer}`)
      assert.ok(await waiting.stillWaits())
      succeeds(await lab.thaw('thaw'), /is consistent$/m)
      await waiting.written
    })

    for (const wait of everyWait) {
      scenario(`the server is killed, ${wait}: the freeze fails and leaves nothing`, async (scene) => {
        const { freeze } = await freezeAt(wait, scene, ...patient)
        if (wait === 'waiting for the lock') await holderThatWaits(scene)
        scene.server.kill()
        const result = await freeze.ended
        await restart()
        failsWith('connection-lost', result, lost)
      })
    }

    for (const [how, end] of [
      ['restarted', ({ server }: Scene) => server.stop()],
      ['killed and started again', async ({ server }: Scene) => server.kill()],
    ] as const) {
      scenario(
        `the server is ${how} while frozen: the thaw says that it is not consistent`,
        async (scene) => {
          const { lab } = scene
          await lab.freeze('freeze')
          await end(scene)
          await restart()
          const why = /is not consistent: the connection that held the lock was lost within \d+\.\d s;/
          failsWith('not-consistent', await lab.thaw('thaw'), why)
        },
      )
    }

    scenario(
      'the server stands still while frozen: the thaw ends, and its verdict is not yes',
      async (scene) => {
        const { lab, server, writer } = scene
        await lab.freeze('freeze')
        const waiting = await writer.isKeptWaiting()
        server.kill('SIGSTOP')
        failsWith(
          'verdict-unknown',
          await lab.thaw('thaw'),
          /whether the snapshot is consistent is unknown: /,
        )
        server.kill('SIGCONT')
        await waiting.written
      },
    )

    scenario(
      'the server stands still before the freeze: the freeze fails after connect-timeout',
      async (scene) => {
        const { lab, server } = scene
        server.kill('SIGSTOP')
        const frozen = await lab.freeze('freeze', '--connect-timeout=1s')
        server.kill('SIGCONT')
        failsWith('server-unreachable', frozen, /^not frozen: no server answers at .*mysql\.sock: /)
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

async function holderThatWaits(scene: Scene): Promise<number> {
  return await until('the lock is asked for', async () => (await connections(scene)).holder)
}

/** Our sessions: the holder is the one that asks for the lock; there is none while only a quiet moment is waited for. */
async function connections({
  lab,
  writer,
}: Scene): Promise<{ observer: number; holder: number | undefined }> {
  const sessions = await writer.sessionsOf('quiesce')
  const frozen = (await lab.hold())?.frozen?.connection
  const holder = sessions.find(({ id, text }) => id === frozen || text === 'FLUSH TABLES WITH READ LOCK')?.id
  return { holder, observer: sessions.find(({ id }) => id !== holder)!.id }
}
