import { byFileSystem } from './by-file-system.ts'
import { byInvoker } from './by-invoker.ts'
import { byMachine } from './by-machine.ts'
import { byProcess } from './by-process.ts'
import { byServer } from './by-server.ts'
import type { Fault } from './fault.ts'

/** How each fault of the matrix is done. */
export const faults = {
  ...byProcess,
  ...byServer,
  ...byInvoker,
  ...byMachine,
  ...byFileSystem,
} as const satisfies Record<string, Fault>

export type FaultName = keyof typeof faults

/** The fault of a name. */
export function faultOf(name: FaultName): Fault {
  return faults[name]
}
