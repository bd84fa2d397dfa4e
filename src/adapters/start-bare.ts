import { spawnSync } from 'node:child_process'

/** A program that gives no answer in this time gives none, in milliseconds. */
const within = 20_000

/** How a program ended that was started as an agent may start it: no environment at all, from `/`. */
export function startBare(
  program: string,
  args: readonly string[],
): { readonly exitCode: number | null; readonly said: string } {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    cwd: '/',
    env: {},
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: within,
  })
  const [line = ''] = `${stdout ?? ''}\n${stderr ?? ''}`.split('\n').filter((each) => each !== '')
  return { exitCode: status, said: line || (error?.message ?? '') }
}
