import { after, describe } from 'node:test'
import type { ServerName } from '../servers/catalog.ts'
import { succeeds } from '../support/expect.ts'
import { guestOn } from '../support/guest.ts'
import { type Judge, startJudge } from '../torture/judge.ts'
import { createTables } from '../torture/tables.ts'
import { playCell } from './cell.ts'
import { type FaultName, faultOf } from './faults.ts'
import { type Group, matrix } from './matrix.ts'
import { describeEnd, type Outcome } from './outcome.ts'
import { type Phase, phaseNames } from './phases.ts'

/** Plays the cells of a group on a real server, each as a test; and after each a run that nobody disturbs. */
export function playMatrix({
  server: name,
  group,
  only = () => true,
}: {
  readonly server: ServerName
  readonly group: Group
  readonly only?: (fault: FaultName, phase: Phase) => boolean
}): void {
  const { scenario, restart } = guestOn(name)
  let judge: Judge | undefined
  after(() => judge?.[Symbol.asyncDispose]())

  for (const { fault, cells } of matrix.filter((row) => row.group === group)) {
    describe(`${name}, ${fault}:`, () => {
      for (const phase of phaseNames) {
        const outcome = cells[phase]
        if (typeof outcome !== 'string' && only(fault, phase)) playOne(fault, phase, outcome)
      }
    })
  }

  function playOne(fault: FaultName, phase: Phase, outcome: Outcome): void {
    scenario(`${phase}: ${titleOf(outcome)}`, async (scene) => {
      judge ??= await judgeOn(scene)
      await playCell({ fault: faultOf(fault), phase, outcome, judge, place: { ...scene, restart } })
      succeeds(await scene.lab.freeze('freeze'), /^frozen at /)
      succeeds(await scene.lab.thaw('thaw'), /is consistent$/m)
    })
  }
}

async function judgeOn({
  writer,
  server,
}: Parameters<Parameters<ReturnType<typeof guestOn>['scenario']>[1]>[0]) {
  for (const statement of createTables) await writer.ask(statement)
  return await startJudge(server.socket)
}

function titleOf({ freeze, thaw }: Outcome): string {
  return `the freeze ends as ${freeze.map(describeEnd).join(' or ')}, the thaw as ${thaw.map(describeEnd).join(' or ')}`
}
