import { Failure } from '../core/failure.ts'
import { wordsOfNoThaw } from '../core/words.ts'
import { callers } from '../platforms/callers.ts'
import { knownWords } from '../platforms/words.ts'
import { newEnoughExpression, nodeFloorText } from '../core/node-floor.ts'
import type { Executable, Launcher } from './artifacts.ts'
import { render, shQuote } from './render.ts'

/** What a launcher is filled with: the files of templates/launcher/ by name, and the facts of the bundle. */
export interface Filling {
  readonly templates: Readonly<Record<string, string>>
  readonly version: string
  readonly stateDir: string
}

/** The sh head of an executable: from `#!/bin/sh` to the mark at which JavaScript begins. Throws `build-failed`. */
export function launcherOf({ name, launcher }: Executable, filling: Filling): string {
  const { before, run, missing } = pieces[launcher]
  const floor = { floor: nodeFloorText, newEnough: newEnoughExpression }
  const facts = {
    name,
    version: filling.version,
    stateDir: shQuote(filling.stateDir),
    wordsOfNoThaw: wordsOfNoThaw(knownWords).map(inAnyCase).join(' | '),
    agents: callers.flatMap(({ process = [] }) => process).join(' | '),
  }
  const head = fill('head.sh', {
    ...picked(['name', 'version']),
    ...floor,
    before: before.map(piece).join('\n\n'),
    run: piece(run),
    missing: piece(missing),
  })
  return endingOnce(name, head)

  function piece([file, ...asks]: Piece): string {
    return fill(file, picked(asks)).trimEnd()
  }

  function picked(asks: readonly Fact[]): Record<string, string> {
    return Object.fromEntries(asks.map((fact) => [fact, facts[fact]]))
  }

  function fill(file: string, values: Readonly<Record<string, string>>): string {
    const text = filling.templates[file]
    if (text === undefined) throw new Failure('build-failed', `templates/launcher/${file} is not there`)
    return render({ name: `templates/launcher/${file}`, text }, values)
  }
}

type Fact = 'name' | 'version' | 'stateDir' | 'wordsOfNoThaw' | 'agents'

/** A file of templates/launcher/ and the facts it asks for. */
type Piece = readonly [file: string, ...asks: Fact[]]

/** What differs between the launchers; head.sh is what they share. */
interface Pieces {
  readonly before: readonly Piece[]
  readonly run: Piece
  readonly missing: Piece
}

const pieces: Readonly<Record<Launcher, Pieces>> = {
  waits: {
    before: [['leave-frozen.sh', 'stateDir'], ['outlive.sh']],
    run: ['run-and-wait.sh'],
    missing: ['not-frozen.sh'],
  },
  'lets-go-and-waits': {
    before: [['whose-thaw.sh', 'agents'], ['let-go.sh', 'stateDir', 'wordsOfNoThaw'], ['outlive.sh']],
    run: ['run-and-wait.sh'],
    missing: ['no-verdict.sh'],
  },
  'makes-way': { before: [], run: ['run-instead.sh'], missing: ['not-run.sh', 'name'] },
}

/** A pattern of sh that is this word, whatever its letters' case. */
function inAnyCase(word: string): string {
  return word.replaceAll(/[a-z]/gi, (letter) => `[${letter.toUpperCase()}${letter.toLowerCase()}]`)
}

/** To JavaScript the head is a comment, so its first closing mark has to be its last line. */
function endingOnce(name: string, head: string): string {
  if (head.endsWith('\n*/\n') && head.indexOf('*/') === head.length - '*/\n'.length) return head
  throw new Failure('build-failed', `the sh head of ${name} has '*/' before its end, which ends the comment`)
}
