/**
 * One line of an option file that parseOptionFile and the servers' clients read as this value, whatever is in it: in
 * quotes, with the escapes of the manual.
 */
export function optionLine(name: string, value: string): string {
  const escaped = value.replaceAll(/[\\"'\n\r\t\b]/g, (character) => escapes[character] ?? character)
  return `${name} = "${escaped}"`
}

const escapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '"': '\\"',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\b': '\\b',
}
