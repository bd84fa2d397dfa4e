import type { Caller } from '../core/invoker.ts'
import { qemuGa } from './qemu.ts'
import { veeamJob } from './veeam.ts'
import { vmtoolsd } from './vmware-tools.ts'

/** Every agent that may call, the ones of the platforms. */
export const callers: readonly Caller[] = [qemuGa, vmtoolsd, veeamJob]
