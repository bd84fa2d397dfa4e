import { ignoring, type Link } from './mysql.ts'

/** Galera, and group replication: under our lock the cluster may wait for us, so no question of ours may wait for the cluster. */
const waitForNoCluster = ['wsrep_sync_wait = 0', "group_replication_consistency = 'EVENTUAL'"]

/** These settings, and those that every session of ours has. */
export async function setSession(link: Link, settings: readonly string[]): Promise<void> {
  await link.ask(`SET SESSION ${['autocommit = 1', ...settings].join(', ')}`)
  for (const setting of waitForNoCluster)
    await link.ask(`SET SESSION ${setting}`).catch(ignoring(unknownVariable))
}

/** ER_UNKNOWN_SYSTEM_VARIABLE. */
const unknownVariable = 1193
