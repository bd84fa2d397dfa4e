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
 * Aborted when our parent changes: the sh launcher of this file was killed, so nobody reads our exit code,
 * and the invoker takes its death for the end of the freeze.
 */
export function launcherGone(): AbortSignal {
  const gone = new AbortController()
  const launcher = process.ppid
  setInterval(() => {
    if (process.ppid !== launcher) gone.abort(`the process that waited for it (pid ${launcher}) has died`)
  }, lookEvery).unref()
  return gone.signal
}
