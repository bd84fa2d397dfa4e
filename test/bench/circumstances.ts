import { cpus, release } from 'node:os'

/** The machine and the Node.js of the bench, for people. */
export function machine(): string {
  const processors = cpus()
  return `${processors.length} x ${processors[0]?.model ?? 'cpu'}, Linux ${release()}, Node ${process.version}`
}
