import { join } from 'node:path'
import { selinuxBoolean, selinuxLabel, selinuxMode } from '../../adapters/selinux.ts'
import type { Platform } from '../../platforms/platform.ts'
import { needsOf, type SelinuxFacts } from '../checks/selinux.ts'
import type { Patient } from '../patient.ts'
import { lookAtBundle } from './bundle.ts'

export function lookAtSelinux(patient: Patient, platform: Platform): SelinuxFacts {
  const mode = selinuxMode()
  if (mode === 'off') return { mode, booleans: {}, labels: [] }
  const { booleans, types } = needsOf(platform, patient.prefix)
  const { folder, files } = lookAtBundle(patient)
  const paths = Array.isArray(files) ? files.map(({ name }) => join(folder, name)) : []
  return {
    mode,
    booleans: Object.fromEntries(booleans.map((name) => [name, selinuxBoolean(name)])),
    labels: paths
      .filter((path) => types.some(({ pattern }) => pattern.test(path)))
      .map((path) => ({ path, label: selinuxLabel(path) })),
  }
}
