import assert from 'node:assert/strict'
import { test } from 'node:test'
import { picture } from './picture.ts'

const axis = { from: -100, to: 2000 }

const panel = {
  title: 'ours & theirs <1 s>',
  commits: [5000, 5001, 5002, 5300],
  zero: 5000,
  stall: { from: 5002, to: 5300 },
  snapshot: { from: 5050, to: 5250 },
}

const svg = picture([panel, { ...panel, commits: [5000], title: 'other' }], axis)

test('the picture brings its own background, so that it can be read on a dark page too', () => {
  assert.match(
    svg,
    /^<svg [^>]*viewBox="0 0 960 \d+"[^>]*>\n<rect width="960" height="\d+" rx="6" fill="#ffffff"\/>/,
  )
})

test('both panels have the same scale: the highest bin of either', () => {
  assert.equal(svg.match(/>3<\/text>/g)?.length, 2)
})

test('each panel has a bar for each bin with commits', () => {
  const bars = [...svg.matchAll(/<path d="([^"]*)" fill=/g)].map(([, path]) => path!.match(/M/g)?.length)
  assert.deepEqual(bars, [2, 1])
})

test('freeze and thaw are marked, and the stall and the snapshot in it are coloured', () => {
  const widths = [...svg.matchAll(/<rect x="[\d.]+" y="52" width="([\d.]+)"/g)].map(([, width]) =>
    Number(width),
  )
  const perMillisecond = (960 - 56 - 16) / 2100
  for (const [index, span] of [298, 200].entries())
    assert(Math.abs(widths[index]! - span * perMillisecond) <= 0.02)
  assert.equal(svg.match(/>freeze<\/text>/g)?.length, 2)
  assert.equal(svg.match(/>thaw<\/text>/g)?.length, 2)
})

test('the axis has every whole second', () => {
  assert.deepEqual(
    [...svg.matchAll(/>(-?\d+) s<\/text>/g)].map(([, second]) => second),
    ['0', '1', '2'],
  )
})

test('a title is text, whatever is in it', () => {
  assert.match(svg, />ours &amp; theirs &lt;1 s></)
})
