import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { said } from './agent.ts'
import { checksOfCopy, checksOfRun } from './checks.ts'
import { examine } from './examine.ts'
import { recordedIn } from './record.ts'
import { lastRun } from './run-line.ts'
import { snapshotOf } from './snapshot.ts'
import { stallsIn } from './stalls.ts'
import { sum } from './sum.ts'
import { happened, type Scene, type Take, timed } from './take.ts'

/** A snapshot as a hypervisor takes it of a guest that has the scripts: freeze, snapshot, thaw. */
export async function snapshotWithScripts({ place, server, writers, agent, stop }: Scene): Promise<Take> {
  const copy = join(place.folder, 'with-scripts')

  const freeze = await timed(() => agent.freeze(stop))
  const acknowledged = writers.acknowledged()
  const snapshot = await timed(() => snapshotOf(place, { server, copy }))
  const commitsWhileFrozen = sum(writers.acknowledged()) - sum(acknowledged)
  const thaw = await timed(() => agent.thaw())
  const again = await timed(() => writers.commit(1, stop))

  const run = lastRun(await readFile(place.logFile, 'utf8').catch(() => ''))
  await snapshot.result.restore()
  const recorded = await recordedIn(copy)
  const coordinates = recorded ?? nowhere
  const findings = await examine({ original: server, copy, coordinates, writers: acknowledged.length })
  const { result: frozen, from: begin } = freeze
  const thawSteps = run?.steps.slice(frozen.steps.length) ?? []
  return {
    timeline: [
      happened('pre-freeze-script', freeze, { begin, said: said(frozen), steps: frozen.steps }),
      happened('snapshot', snapshot, { begin, said: snapshot.result.said }),
      happened('post-thaw-script', thaw, { begin, said: said(thaw.result), steps: thawSteps }),
      happened('all write again', again, { begin, said: 'every writer has committed' }),
    ],
    stalls: stallsIn({
      commits: writers.commits,
      run: { from: freeze.from, to: thaw.to },
      snapshot: { from: freeze.to, to: thaw.from },
    }),
    checks: [
      ...checksOfRun({
        commitsWhileFrozen,
        freeze: said(frozen),
        recorded,
        thawExitCode: thaw.result.exitCode,
        verdict: run?.verdict,
      }),
      ...checksOfCopy({ findings, coordinates, acknowledged }),
    ],
  }
}

const nowhere = { file: '-', position: 0 }
