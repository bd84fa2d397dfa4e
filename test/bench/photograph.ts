import { length } from './commits.ts'
import type { Lab } from './measure.ts'
import type { Panel } from './panel.ts'
import { picture } from './picture.ts'
import { stallOf, type Take, takeUnderLoad } from './take.ts'

/** Milliseconds from the start of the freeze; long enough for the baseline to be back at work. */
const axis = { from: -300, to: 8500 }

/** One more snapshot of the baseline and of ours, with the writer at work over the whole axis: the picture, as SVG. */
export async function photograph({ subjects, writer }: Lab): Promise<string> {
  const takes = {
    baseline: await takeUnderLoad({ subject: subjects.baseline, writer, atLeast: axis.to }),
    ours: await takeUnderLoad({ subject: subjects.ours, writer, atLeast: axis.to }),
  }
  return picture([panel('the procedure of 2013', takes.baseline), panel('mysql-quiesce', takes.ours)], axis)
}

function panel(name: string, take: Take): Panel {
  const { freeze, thaw, commits } = take
  const [stall, snapshot] = [length(stallOf(take)), thaw.begin - freeze.end].map(seconds)
  return {
    title: `${name}: for a snapshot of ${snapshot} the writer waits ${stall}`,
    commits,
    zero: freeze.begin,
    stall: stallOf(take),
    snapshot: { from: freeze.end, to: thaw.begin },
  }
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(3)} s`
}
