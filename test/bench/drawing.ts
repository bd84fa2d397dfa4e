import type { Span } from './commits.ts'

/** Where things are, in the units of the SVG. */
export const layout = { width: 960, left: 56, right: 16, top: 52, panel: 150, apart: 56, bottom: 52 } as const

/** For light and dark pages alike, since the picture brings its own background. */
export const colours = {
  background: '#ffffff',
  text: '#1f2328',
  faint: '#59636e',
  line: '#afb8c1',
  commits: '#0969da',
  stall: '#ffd8d3',
  snapshot: '#ffe08a',
  moment: '#7d4e00',
} as const

/** Where a moment of the axis lies; both in milliseconds. */
export function across(moment: number, { from, to }: Span): number {
  const width = layout.width - layout.left - layout.right
  return fixed(layout.left + ((moment - from) / (to - from)) * width)
}

/** The upper edge of a panel. */
export function panelTop(index: number): number {
  return layout.top + index * (layout.panel + layout.apart)
}

export interface Label {
  readonly at: number
  readonly y: number
  readonly text: string
  readonly anchor: 'start' | 'middle' | 'end'
  readonly fill?: string
}

/** A line of small text. */
export function label({ at, y, text, anchor, fill = colours.faint }: Label): string {
  return `<text x="${at}" y="${y}" text-anchor="${anchor}" font-size="12" fill="${fill}">${escaped(text)}</text>`
}

export function heading(y: number, text: string): string {
  return `<text x="${layout.left}" y="${y}" font-size="15" font-weight="600">${escaped(text)}</text>`
}

export function line(path: string, stroke: string): string {
  return `<path d="${path}" stroke="${stroke}"/>`
}

/** Two decimals are finer than any screen. */
export function fixed(value: number): number {
  return Math.round(value * 100) / 100
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
