import { dirname } from 'node:path'
import { settingTable } from '../core/settings.ts'
import { absolutePath, readOptionFiles } from './option-files.ts'
import { usualPlaces } from './settings.ts'

/** Where the log is when nobody names another place. */
export const usualLog: string = settingTable['log-file'].default

/**
 * Where to log why the settings cannot be used: what is left of them may name the log all the same. Of a file that others may write
 * nothing is believed.
 */
export function logFileAnyway(argv: readonly string[], env: NodeJS.ProcessEnv = process.env): string {
  const config = namedIn(argv, 'config') ?? (env['MYSQL_QUIESCE_CONFIG'] || usualPlaces.config)
  const flag = namedIn(argv, 'log-file')
  if (flag !== undefined) return absolutePath(flag, process.cwd())
  return logFileIn(config) ?? logFileIn(usualPlaces.defaultsFile) ?? usualLog
}

function namedIn(argv: readonly string[], name: string): string | undefined {
  const flags = argv.map((argument) => argument.replace(/^--[^=]*/, (flag) => flag.replaceAll('_', '-')))
  const together = flags.findLast((argument) => argument.startsWith(`--${name}=`))
  return together?.slice(name.length + 3) || argv[flags.lastIndexOf(`--${name}`) + 1 || argv.length]
}

function logFileIn(file: string): string | undefined {
  try {
    const { options } = readOptionFiles(absolutePath(file, process.cwd()))
    const option = options.findLast(
      ({ group, name }) => group === 'mysql-quiesce' && name.replaceAll('_', '-') === 'log-file',
    )
    return option?.value ? absolutePath(option.value, dirname(option.file)) : undefined
  } catch {
    return undefined
  }
}
