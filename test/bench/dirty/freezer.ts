import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** FIFREEZE and FITHAW of a file system, as an agent does them: by a process that runs already. */
export interface Freezer extends AsyncDisposable {
  /** Resolves when it is frozen. */
  freeze(): Promise<void>
  /** Resolves when it is thawed. */
  thaw(): Promise<void>
}

/** Whatever becomes of the bench, the end of its input thaws: what is left frozen keeps its processes for ever. */
const freezeAndThaw = `trap : INT TERM HUP
echo ready
read -r go || exit 0
fsfreeze --freeze "$0" || exit
echo frozen
read -r go
fsfreeze --unfreeze "$0" && echo thawed`

/** For one freeze. Resolves when it stands ready. */
export async function openFreezer(place: string): Promise<Freezer> {
  const child = spawn('/bin/sh', ['-c', freezeAndThaw, place], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  })
  const ended = once(child, 'exit')
  await heard('ready')
  return {
    freeze: () => told('frozen'),
    thaw: () => told('thawed'),
    async [Symbol.asyncDispose]() {
      child.stdin.end()
      await ended
    },
  }

  async function told(answer: string): Promise<void> {
    child.stdin.write('go\n')
    await heard(answer)
  }

  async function heard(answer: string): Promise<void> {
    const seen: unknown = await Promise.race([once(child.stdout, 'data').then(String), ended])
    if (seen !== `${answer}\n`) throw new Error(`${place} was not ${answer}`)
  }
}
