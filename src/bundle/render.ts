import { Failure } from '../core/failure.ts'

/** A file of templates/: its name is for messages. */
export interface Template {
  readonly name: string
  readonly text: string
}

const slot = /\{\{([\w-]+)\}\}/g

/**
 * The template with every `{{name}}` replaced by its value, as it is; values are not looked at again.
 * Throws `build-failed` for a name without a value, and for a value that nothing asks for.
 */
export function render(template: Template, values: Readonly<Record<string, string>>): string {
  const asked = new Set([...template.text.matchAll(slot)].map(([, name]) => name))
  const unused = Object.keys(values).filter((name) => !asked.has(name))
  if (unused.length > 0) {
    throw new Failure(
      'build-failed',
      `${template.name} has no {{${unused[0]}}}, but a value for it was given`,
    )
  }
  return template.text.replaceAll(slot, (_, name: string) => valueOf(name))

  function valueOf(name: string): string {
    const value = values[name]
    if (value !== undefined && Object.hasOwn(values, name)) return value
    throw new Failure('build-failed', `${template.name} asks for {{${name}}}, which has no value`)
  }
}

/** The text as one word of sh, whatever is in it. */
export function shQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
