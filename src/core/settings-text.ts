import { settingNames } from './setting-name.ts'
import { settingTable, type Setting, type SettingName } from './settings.ts'

/** `options` for `parseArgs` of node:util: `config` and every setting but the password, each taking a value; the last wins. */
export function parseArgsOptions(): Record<string, { type: 'string' }> {
  return Object.fromEntries(['config', ...onCommandLine()].map((name) => [name, { type: 'string' }]))
}

/** The settings for `--help`: two lines each. */
export function settingsHelp(): string {
  const config = [
    '  --config FILE',
    '      option file of the settings (default what MYSQL_QUIESCE_CONFIG names, else /etc/mysql-quiesce.cnf)',
  ]
  return [...config, ...onCommandLine().flatMap(helpLines)].join('\n')
}

/** The settings for the README: a table of each group. */
export function settingsMarkdown(): string {
  const head = ['| setting | default | range | meaning |', '|---|---|---|---|']
  const rows = settingNames.map((name) => `| ${markdownCells(name, settingTable[name]).join(' | ')} |`)
  return [...head, ...rows].join('\n')
}

/**
 * The option file that is shipped: every setting but the password is in it and none is set, so that what it shows after `#` is what is
 * in force, or for a setting without a default, what it may look like.
 */
export function exampleOptionFile(): string {
  return [
    '# Settings of mysql-quiesce: /etc/mysql-quiesce.cnf, an option file as MySQL and MariaDB read them.',
    '# Commented out: the default (or, where there is none, an example).',
    '# Durations: 500ms, 90s, 2m, 1h; a bare number is seconds.',
    '',
    '[mysql-quiesce]',
    ...onCommandLine().filter(isIn('quiesce')).flatMap(exampleLines),
    '',
    '# How to reach the server and log in. All this may as well be in [client] of the defaults-file;',
    '# the password belongs there.',
    ...onCommandLine().filter(isIn('connection')).flatMap(exampleLines),
    '',
  ].join('\n')
}

/** The settings that may be given on a command line: all but the password. */
export function onCommandLine(): SettingName[] {
  return settingNames.filter((name) => settingTable[name].kind !== 'secret')
}

function helpLines(name: SettingName): string[] {
  const row: Setting = settingTable[name]
  const facts = [row.default === undefined ? '' : `default ${row.default}`, range(row)]
    .filter(Boolean)
    .join('; ')
  return [`  --${name} ${placeholder(row)}`, `      ${row.help}${facts === '' ? '' : ` (${facts})`}`]
}

function placeholder({ kind }: Setting): string {
  return {
    path: 'PATH',
    text: 'TEXT',
    secret: '',
    port: 'PORT',
    percent: 'PERCENT',
    flag: '0|1',
    choice: 'WORD',
    duration: 'TIME',
  }[kind]
}

function range(row: Setting): string {
  if (row.kind === 'choice') return row.choices.length > 1 ? row.choices.join(', ') : ''
  if (row.kind === 'percent') return '1% to 100%'
  if (row.kind !== 'duration') return ''
  return `${row.min} to ${row.max}${row.step === undefined ? '' : `, in steps of ${row.step}`}`
}

function markdownCells(name: SettingName, row: Setting): string[] {
  return [`\`${name}\``, row.default === undefined ? '' : `\`${row.default}\``, range(row), row.help]
}

function isIn(group: Setting['group']): (name: SettingName) => boolean {
  return (name) => settingTable[name].group === group
}

function exampleLines(name: SettingName): string[] {
  const row: Setting = settingTable[name]
  const facts = range(row)
  return [
    '',
    `# ${row.help}${facts === '' ? '' : ` (${facts})`}`,
    `# ${name} = ${row.default ?? row.example}`,
  ]
}
