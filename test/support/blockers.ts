import type { Scene as WholeScene } from './guest.ts'

type Scene = Pick<WholeScene, 'writer'>

/** Somebody who is in the way of a lock, until disposed of. */
export interface Blocking extends AsyncDisposable {
  /** Of the session that the lock waits for. */
  readonly id: number
  /** What it runs, or null where it rests. */
  readonly text: string | null
}

/** Tables of their own: what a refused lock leaves shut on MySQL is then nobody else's. */
export const own = [
  'CREATE TABLE IF NOT EXISTS shop.archive (id INT) ENGINE=InnoDB',
  'CREATE TABLE IF NOT EXISTS shop.notes (id INT) ENGINE=MyISAM',
  'REPLACE INTO shop.archive VALUES (1)',
  'REPLACE INTO shop.notes VALUES (1)',
]

/** Everything that the issue of a database which cannot be locked has been seen to be. */
export const blockers = {
  'a 60 s SELECT': (scene) => running(scene, 'SELECT SLEEP(60) FROM shop.archive LIMIT 1'),
  'a 60 s UPDATE': (scene) => running(scene, 'UPDATE shop.archive SET id = id + SLEEP(60) LIMIT 1'),
  'a 60 s UPDATE of MyISAM': (scene) => running(scene, 'UPDATE shop.notes SET id = id + SLEEP(60) LIMIT 1'),
  'LOCK TABLES ... WRITE': (scene) => resting(scene, 'LOCK TABLES shop.archive WRITE'),
  'an ALTER TABLE': altering,
  'an idle open transaction': (scene) =>
    resting(scene, 'BEGIN', 'INSERT INTO shop.archive VALUES (2)', 'SELECT COUNT(*) FROM shop.notes'),
  'a storm of 1 s SELECTs': storm,
} as const satisfies Record<string, (scene: Scene) => Promise<Blocking>>

export type BlockerName = keyof typeof blockers

export const blockerNames = Object.keys(blockers).filter((name): name is BlockerName =>
  Object.hasOwn(blockers, name),
)

async function running({ writer }: Scene, text: string): Promise<Blocking> {
  for (const statement of own) await writer.ask(statement)
  const session = await writer.occupies(text)
  return { id: session.id, text, [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() }
}

/** A session that rests after these statements. */
export async function resting({ writer }: Scene, ...statements: readonly string[]): Promise<Blocking> {
  for (const statement of own) await writer.ask(statement)
  const session = await writer.occupies(...statements)
  return { id: session.id, text: null, [Symbol.asyncDispose]: () => session[Symbol.asyncDispose]() }
}

/** It waits for a transaction that has read the table, and so goes on for as long as that one rests. */
async function altering(scene: Scene): Promise<Blocking> {
  const { writer } = scene
  const reader = await resting(scene, 'BEGIN', 'SELECT COUNT(*) FROM shop.archive')
  const text = 'ALTER TABLE shop.archive ADD COLUMN more INT'
  const session = await writer.occupies(text)
  return {
    id: session.id,
    text,
    async [Symbol.asyncDispose]() {
      await session[Symbol.asyncDispose]()
      await reader[Symbol.asyncDispose]()
    },
  }
}

/** Four sessions, each at its next SELECT as soon as the last is over. */
async function storm({ writer }: Scene): Promise<Blocking> {
  for (const statement of own) await writer.ask(statement)
  const over = new AbortController()
  const sessions = [1, 2, 3, 4].map(async () => {
    while (!over.signal.aborted) await writer.ask('SELECT SLEEP(1) FROM shop.archive LIMIT 1').catch(() => {})
  })
  return {
    id: 0,
    text: null,
    async [Symbol.asyncDispose]() {
      over.abort()
      await Promise.all(sessions)
    },
  }
}
