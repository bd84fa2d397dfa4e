import { readFileSync } from 'node:fs'
import { write } from '../../src/bundle/write.ts'

/** A build that dies, as by power cut, before the step with this number: `killed-build.ts FILES OUT NUMBER`. */
const [files = '', out = '', number] = process.argv.slice(2)
let step = 0

function dieInTime(): void {
  if (step === Number(number)) process.kill(process.pid, 'SIGKILL')
  step += 1
}

await write(JSON.parse(readFileSync(files, 'utf8')), out, { before: dieInTime })
