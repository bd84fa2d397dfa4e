import { type FSWatcher, watch } from 'node:fs'

/** How often to look where no watch can be had (EMFILE: the user's inotify instances are used up), in milliseconds. */
const lookEvery = 5

/** Calls `look` after every change in a directory. The event says nothing but "look again". */
export function watchDirectory(directory: string, look: () => void): Disposable {
  let watcher: FSWatcher | undefined
  let timer: NodeJS.Timeout | undefined
  const poll = () => {
    timer ??= setInterval(look, lookEvery)
  }
  try {
    watcher = watch(directory, look).on('error', poll)
  } catch {
    poll()
  }
  return {
    [Symbol.dispose]() {
      watcher?.close()
      clearInterval(timer)
    },
  }
}
