/** Time that moves only when somebody waits: what is to happen, in order. */
export interface Schedule {
  /** Milliseconds since the guest began. */
  now(): number
  after(milliseconds: number, act: () => void): Timer
  /** Calls `act` whenever time is about to move on. */
  onPassing(act: (until: number) => void): void
  /** Lets things happen until that is so. Throws where nothing is left that could happen. */
  until(isSo: () => boolean): Promise<void>
  /** Lets the time pass. */
  pass(milliseconds: number): Promise<void>
}

export interface Timer {
  cancel(): void
}

interface Planned {
  readonly at: number
  readonly act: () => void
}

export function schedule(): Schedule {
  const planned: Planned[] = []
  const passing: ((until: number) => void)[] = []
  let now = 0
  return { now: () => now, after, onPassing: (act) => void passing.push(act), until, pass }

  function after(milliseconds: number, act: () => void): Timer {
    const one = { at: now + Math.max(0, milliseconds), act }
    // of two things at one time, the one that was planned first is first
    const place = planned.findLastIndex(({ at }) => at <= one.at)
    planned.splice(place + 1, 0, one)
    return {
      cancel() {
        const index = planned.indexOf(one)
        if (index >= 0) planned.splice(index, 1)
      },
    }
  }

  async function until(isSo: () => boolean): Promise<void> {
    await reactions()
    while (!isSo()) {
      const next = planned.shift()
      if (next === undefined) throw new Error(`at ${now} ms nothing is left that could happen`)
      moveTo(next.at)
      next.act()
      await reactions()
    }
  }

  function moveTo(time: number): void {
    if (time > now) for (const act of passing) act(time)
    now = time
  }

  async function pass(milliseconds: number): Promise<void> {
    let isOver = false
    after(milliseconds, () => (isOver = true))
    await until(() => isOver)
  }
}

/** All promises that wait for nothing but each other have settled. */
function reactions(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
