import { standingStill } from '../adapters/disk/standing-still.ts'
import { asFailure } from '../core/failure.ts'
import type { Settings } from '../core/settings.ts'
import { scriptsOf } from '../install/scripts.ts'
import type { Platform } from '../platforms/platform.ts'
import { type Check, notApplicable, problem } from './check.ts'
import { judgeRequirement } from './checks/agent.ts'
import { judgeBundle } from './checks/bundle.ts'
import { judgeDisks } from './checks/disks.ts'
import { judgeDurability } from './checks/durability.ts'
import { judgeEngines } from './checks/engines.ts'
import { judgeLastRun } from './checks/last-run.ts'
import { judgeLimits } from './checks/limits.ts'
import { judgeLogin } from './checks/login.ts'
import { judgeMachine } from './checks/machine.ts'
import { judgeNode } from './checks/node.ts'
import { judgePlaces } from './checks/places.ts'
import { judgePrivileges } from './checks/privileges.ts'
import { judgeLeftStopped, judgeReplication } from './checks/replication.ts'
import { judgeScripts } from './checks/scripts.ts'
import { judgeSelinux } from './checks/selinux.ts'
import { judgeSettings } from './checks/settings.ts'
import { judgeSocket } from './checks/socket.ts'
import { judgeStandstill } from './checks/standstill.ts'
import { judgeThreadPool } from './checks/thread-pool.ts'
import { judgeTraffic } from './checks/traffic.ts'
import { lookAtRequirement } from './look/agent.ts'
import { lookAtBundle } from './look/bundle.ts'
import { lookAtLastRun } from './look/last-run.ts'
import { lookAtLeftStopped } from './look/left-stopped.ts'
import { lookAtLimits } from './look/limits.ts'
import { lookAtMachine } from './look/machine.ts'
import { lookAtNode } from './look/node.ts'
import { lookAtPlaces } from './look/places.ts'
import { lookAtSelinux } from './look/selinux.ts'
import { lookAtServer } from './look/server.ts'
import { lookAtSettings } from './look/settings.ts'
import { lookAtSocket } from './look/socket.ts'
import type { Patient } from './patient.ts'

/** What was looked at under one heading. */
export interface Findings {
  readonly subject: string
  readonly checks: readonly Check[]
}

interface Subject {
  readonly subject: string
  /** `machine`: nothing of it is in a folder (--root). */
  readonly is: 'files' | 'machine'
  readonly examine: (patient: Patient) => readonly Check[] | Promise<readonly Check[]>
}

/** How long a file system may take to answer, in milliseconds. */
const answersWithin = 1000

/** Everything the doctor looks at, in this order. Each looks first and judges then; it looks only. */
const before: readonly Subject[] = [
  { subject: 'bundle', is: 'files', examine: (patient) => judgeBundle(lookAtBundle(patient)) },
  { subject: 'Node.js', is: 'machine', examine: (patient) => judgeNode(lookAtNode(patient)) },
  { subject: 'system', is: 'files', examine: (patient) => judgePlaces(lookAtPlaces(patient, null)) },
]

const between: readonly Subject[] = [
  {
    subject: 'machine',
    is: 'machine',
    examine: async (patient) => [
      ...judgeMachine(lookAtMachine(patient, settingsOf(patient))),
      ...judgeStandstill(await standingStill(answersWithin)),
    ],
  },
  { subject: 'settings', is: 'machine', examine: ({ flags }) => judgeSettings(lookAtSettings(flags).facts) },
]

const after: readonly Subject[] = [{ subject: 'last run', is: 'machine', examine: lastRun }]

/** All findings. A look that fails is a finding too, and keeps no other one from being made. */
export async function examine(patient: Patient): Promise<Findings[]> {
  const findings: Findings[] = []
  for (const subject of subjectsFor(patient))
    findings.push({ subject: subject.subject, checks: await checksOf(subject, patient) })
  return findings
}

function subjectsFor(patient: Patient): readonly Subject[] {
  const platforms = patient.platforms.map(platformSubject)
  return [...before, ...platforms, ...nobody(patient), ...between, ...serverSubjects(patient), ...after]
}

async function checksOf(
  { subject, is, examine: look }: Subject,
  patient: Patient,
): Promise<readonly Check[]> {
  if (is === 'machine' && patient.is === 'a folder')
    return [notApplicable(subject, 'another system than this machine is looked at')]
  try {
    return await look(patient)
  } catch (error) {
    const { message, hint } = asFailure(error)
    return [problem(subject, `cannot be looked at: ${message}`, hint)]
  }
}

/** Its places, its neighbours, and what its agent has to be. */
function platformSubject(platform: Platform): Subject {
  const { name, requirements } = platform
  return {
    subject: `platform ${name}`,
    is: 'files',
    examine: (patient) => [
      ...judgePlaces(lookAtPlaces(patient, platform)),
      ...(platform.scripts.length === 0 ? [] : judgeScripts(scriptsOf(platform, patient), name)),
      ...requirements.map((each) => judgeRequirement(each, lookAtRequirement(each, patient))),
      ...(patient.is === 'a folder' ? [] : onMachine(patient, platform)),
    ],
  }
}

function onMachine(patient: Patient, platform: Platform): Check[] {
  const { settings, servers } = lookAtSettings(patient.flags)
  return [
    ...(settings === null ? [] : judgeLimits(lookAtLimits(patient, platform, settings))),
    ...(settings === null ? [null] : servers).flatMap((each) => judgeSocket(lookAtSocket([platform], each))),
    ...judgeSelinux(lookAtSelinux(patient, platform), platform, patient.prefix),
  ]
}

function nobody({ platforms }: Patient): Subject[] {
  if (platforms.length > 0) return []
  const advice = 'install VMware Tools or the QEMU guest agent, and run mysql-quiesce install'
  return [
    {
      subject: 'platforms',
      is: 'files',
      examine: () => [problem('agent', 'none is found, and none was named', advice)],
    },
  ]
}

function settingsOf({ flags }: Patient) {
  return lookAtSettings(flags).settings
}

/** One for each defaults-file. */
function serverSubjects(patient: Patient): readonly Subject[] {
  const servers = patient.is === 'a folder' ? [] : lookAtSettings(patient.flags).servers
  if (servers.length === 0) {
    const unknown = [notApplicable('login', 'the settings cannot be read')]
    return [{ subject: 'server', is: 'machine', examine: () => unknown }]
  }
  return servers.map((settings, index) => {
    const subject = servers.length === 1 ? 'server' : `server of ${settings.defaultsFile[index]}`
    return { subject, is: 'machine', examine: () => server(settings) }
  })
}

async function server(settings: Settings): Promise<Check[]> {
  const { login, inside } = await lookAtServer(settings)
  if (inside === null) return judgeLogin(login)
  return [
    ...judgeLogin(login),
    ...judgePrivileges(inside.privileges),
    ...judgeReplication(inside.replication),
    ...judgeEngines(inside.engines),
    ...judgeDisks(inside.disks),
    ...judgeDurability(inside.durability),
    ...judgeTraffic(inside.traffic),
    ...judgeThreadPool(inside.threadPool),
  ]
}

function lastRun(patient: Patient): Check[] {
  const settings = settingsOf(patient)
  if (settings === null) return [notApplicable('last run', 'the settings cannot be read')]
  return [
    ...judgeLastRun(lookAtLastRun(settings.logFile, patient.stateDir)),
    ...judgeLeftStopped(lookAtLeftStopped(patient.stateDir)),
  ]
}
