import { commitsPerBin, type Span } from './commits.ts'
import { across, colours, fixed, heading, label, type Label, layout, line } from './drawing.ts'

/** One subject, and the commits around one snapshot. Times in milliseconds of one clock. */
export interface Panel {
  readonly title: string
  readonly commits: readonly number[]
  /** When the freeze began: second 0 of the axis. */
  readonly zero: number
  /** In which the writer waited. */
  readonly stall: Span
  /** From the end of the freeze to the start of the thaw. */
  readonly snapshot: Span
}

/** Where a panel is drawn. */
export interface Frame {
  /** Milliseconds from zero. */
  readonly axis: Span
  /** The upper edge. */
  readonly top: number
  /** How many commits the whole height stands for. */
  readonly highest: number
}

/** Milliseconds. */
export const binWidth = 10

/** How many commits there are in each bin of the axis. */
export function bins({ commits, zero }: Panel, { from, to }: Span): readonly number[] {
  return commitsPerBin(commits, { from: zero + from, to: zero + to, width: binWidth })
}

/** The lines of SVG for one panel. */
export function drawPanel(panel: Panel, frame: Frame): readonly string[] {
  const { axis, top, highest } = frame
  const bottom = top + layout.panel
  const at = (time: number) => across(time - panel.zero, axis)
  return [
    heading(top - 28, panel.title),
    band(at(panel.stall.from), at(panel.stall.to), colours.stall),
    band(at(panel.snapshot.from), at(panel.snapshot.to), colours.snapshot),
    `<path d="${bars(bins(panel, axis), frame)}" fill="${colours.commits}"/>`,
    moment({ at: at(panel.zero), y: top, text: 'freeze', anchor: 'end' }),
    moment({ at: at(panel.snapshot.to), y: top, text: 'thaw', anchor: 'start' }),
    line(`M${layout.left} ${bottom}H${layout.width - layout.right}`, colours.line),
    label({ at: layout.left - 8, y: top + 10, text: String(highest), anchor: 'end' }),
    label({ at: layout.left - 8, y: bottom, text: '0', anchor: 'end' }),
  ]

  function band(from: number, to: number, fill: string): string {
    return `<rect x="${from}" y="${top}" width="${fixed(to - from)}" height="${layout.panel}" fill="${fill}"/>`
  }
}

/** One path for all bars: a rise, a bin's width, a fall. */
function bars(counts: readonly number[], { axis, highest, top }: Frame): string {
  const width = fixed((across(axis.to, axis) - layout.left) / counts.length)
  return counts
    .map((count, bin) => ({ bin, rise: fixed((count / highest) * layout.panel) }))
    .filter(({ rise }) => rise > 0)
    .map(({ bin, rise }) => {
      const from = across(axis.from + bin * binWidth, axis)
      return `M${from} ${top + layout.panel}v${-rise}h${width}v${rise}`
    })
    .join('')
}

function moment({ at, y, text, anchor }: Label): string {
  const mark = line(`M${at} ${y - 6}V${y + layout.panel}`, colours.moment)
  return mark + label({ at, y: y - 10, text, anchor, fill: colours.moment })
}
