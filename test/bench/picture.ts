import type { Span } from './commits.ts'
import { across, colours, label, layout, line, panelTop } from './drawing.ts'
import { bins, binWidth, drawPanel, type Panel } from './panel.ts'

/** Commits per 10 ms around one snapshot, a panel a subject over one axis (milliseconds from the freeze), as SVG. */
export function picture(panels: readonly Panel[], axis: Span): string {
  const highest = Math.max(1, ...panels.flatMap((panel) => bins(panel, axis)))
  const bottom = panelTop(panels.length - 1) + layout.panel
  const height = bottom + layout.bottom
  return [
    `<svg ${attributes(height)}>`,
    `<rect width="${layout.width}" height="${height}" rx="6" fill="${colours.background}"/>`,
    ...panels.flatMap((panel, index) => drawPanel(panel, { axis, highest, top: panelTop(index) })),
    ...secondsOf(axis).map((second) => tick(across(second * 1000, axis), second, bottom)),
    label({ at: layout.left, y: bottom + 40, text: caption, anchor: 'start' }),
    '</svg>',
    '',
  ].join('\n')
}

const caption = `commits per ${binWidth} ms, over the seconds since the freeze began; red: the writer waits, yellow: for the snapshot itself`

function attributes(height: number): string {
  return [
    'xmlns="http://www.w3.org/2000/svg"',
    `viewBox="0 0 ${layout.width} ${height}"`,
    `role="img" aria-label="commits per ${binWidth} ms around one snapshot"`,
    `font-family="system-ui, sans-serif" fill="${colours.text}"`,
  ].join(' ')
}

function secondsOf({ from, to }: Span): readonly number[] {
  const first = Math.ceil(from / 1000)
  return Array.from({ length: Math.floor(to / 1000) - first + 1 }, (_, index) => first + index)
}

function tick(at: number, second: number, bottom: number): string {
  const text = `${second} s`
  return line(`M${at} ${bottom}v5`, colours.line) + label({ at, y: bottom + 19, text, anchor: 'middle' })
}
