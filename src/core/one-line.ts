/** Text of others, for a line that people read: nothing in it ends the line, and nothing is an order to a terminal. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{Cc}]+/gu, ' ')
}
