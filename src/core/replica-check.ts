import type { ServerEvidence } from './checks.ts'
import { dialectTable } from './dialect.ts'
import { compareChannels, formatChannel, nameOfChannel, type ReplicaChannel } from './replica.ts'
import type { Check } from './verdict.ts'

/** By family and version one of these is needed; the log has the server's answer. */
const perhapsWhy = `the log says whether it is for want of ${dialectTable.maySeeReplica.map(({ say }) => say).join(' or ')}`

/** What was applied from each channel at the freeze is all that was applied at the thaw: nothing is applied under the lock. */
export function replicaEqual({
  plan,
  replica: { atFreeze, atThaw },
}: Pick<ServerEvidence, 'plan' | 'replica'>): Check {
  const name = 'replica position equal'
  if (plan.coordinates === 'not stable')
    return { name, result: 'not-applicable', seen: 'commits went on, those of a replica too' }
  if (atFreeze === 'unknown' || atThaw === 'unknown') {
    const when = atFreeze === 'unknown' ? 'under the lock' : 'at the thaw'
    return {
      name,
      result: 'unknown',
      seen: `how far replication is could not be asked ${when}; ${perhapsWhy}`,
    }
  }
  if (atFreeze.length === 0 && atThaw.length === 0)
    return { name, result: 'not-applicable', seen: 'the server is no replica' }
  return { name, ...compared(atFreeze, atThaw) }
}

function compared(
  before: readonly ReplicaChannel[],
  after: readonly ReplicaChannel[],
): Pick<Check, 'result' | 'seen'> {
  const pairs = before.map((one) => ({ one, other: after.find(({ name }) => name === one.name) }))
  const gone = pairs.find(({ other }) => other === undefined)
  if (gone) return { result: 'no', seen: `${nameOfChannel(gone.one.name)} is no longer there` }
  if (after.length > before.length)
    return { result: 'no', seen: `${after.length - before.length} more channels than at the freeze` }

  const all = pairs.map(({ one, other }) => ({ one, other: other!, came: compareChannels(one, other!) }))
  const moved = all.find(({ came }) => came === 'moved')
  if (moved) return { result: 'no', seen: `replication moved from ${at(moved.one)} to ${at(moved.other)}` }
  if (all.every(({ came }) => came === 'cannot tell'))
    return { result: 'not-applicable', seen: 'no position is exact under this lock, with these workers' }
  return { result: 'yes', seen: `${before.map(formatChannel).join(', ')} at freeze and thaw` }
}

function at(channel: ReplicaChannel): string {
  return channel.gtid === '' ? formatChannel(channel) : `${formatChannel(channel)}, GTID ${channel.gtid}`
}
