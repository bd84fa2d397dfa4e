import { execa, ExecaError } from 'execa'

const packageOf: Readonly<Record<string, string>> = {
  'apt-get': 'apt',
  'apt-cache': 'apt',
  'dpkg-deb': 'dpkg',
  flock: 'util-linux',
  npm: 'npm',
  tar: 'tar',
}

export interface ToolOptions {
  readonly cwd?: string
  readonly input?: string
  /** Run as this user and group instead of our own. */
  readonly uid?: number
  readonly gid?: number
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Called with each line of stdout as it comes. */
  readonly onLine?: (line: string) => void
}

/** Runs a program to its end and gives its stdout; throws with the end of what it said. */
export async function tool(
  program: string,
  args: readonly string[],
  { onLine, env, ...options }: ToolOptions = {},
): Promise<string> {
  const running = execa(program, args, {
    ...(options.input === undefined ? { stdin: 'ignore' as const } : {}),
    ...options,
    env: { LC_ALL: 'C', ...env },
  })
  try {
    if (onLine) for await (const line of running) onLine(line)
    return (await running).stdout
  } catch (error) {
    throw asToolError(program, error)
  }
}

function asToolError(program: string, error: unknown): unknown {
  if (!(error instanceof ExecaError)) return error
  if (error.code === 'ENOENT') {
    return new Error(`${program} is needed${inPackage(program)} and cannot be found`, { cause: error })
  }
  const said = lastLines([error.stderr, error.stdout].filter((text) => typeof text === 'string').join('\n'))
  return new Error(`${program}: ${error.shortMessage}${said && `:\n${said}`}`, { cause: error })
}

function inPackage(program: string): string {
  const name = packageOf[program]
  return name === undefined ? '' : ` (package ${name})`
}

/** The last lines that are not empty. */
export function lastLines(text: string, count = 15): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n')
}
