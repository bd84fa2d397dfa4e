import { Failure } from '../core/failure.ts'

/** How often to look whether the launcher that waits for us is still there, in milliseconds. */
const lookEvery = 100

/** Aborted by TERM, INT or HUP; the reason is a sentence. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
    process.on(signal, () => stop.abort(`stopped by ${signal}`))
  return stop.signal
}

/**
 * Tells the sh launcher of this file that the freeze is handed over, so that it may leave before we have. Only the
 * launcher that says it is one, by its pid in the environment, is told: another parent would die of the signal.
 */
export function tellLauncher(): void {
  if (process.env['MYSQL_QUIESCE_LAUNCHER'] === String(process.ppid)) process.kill(process.ppid, 'SIGUSR1')
}

export interface Launcher {
  /** Aborted, with a Failure `launcher-died`, soon after it was killed. */
  readonly gone: AbortSignal
  /** Looks now. */
  readonly look: () => void
}

/** Its pid as it says it itself; started without one, that of the parent. */
export function launcherPid(): number {
  return Number(process.env['MYSQL_QUIESCE_LAUNCHER']) || process.ppid
}

/**
 * The sh launcher of this file. When it is killed, nobody reads our exit code, and the invoker takes its death for the end of the
 * freeze. It may have died before Node had begun, so it is the pid in the environment that counts; started without a launcher, it is
 * the parent we began with.
 */
export function watchLauncher(): Launcher {
  const gone = new AbortController()
  const launcher = launcherPid()
  const look = () => {
    if (process.ppid === launcher) return
    gone.abort(new Failure('launcher-died', `the process that waited for it (pid ${launcher}) has died`))
  }
  look()
  setInterval(look, lookEvery).unref()
  return { gone: gone.signal, look }
}
