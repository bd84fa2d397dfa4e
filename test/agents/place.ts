/** The folder in memory that enter.sh makes; undefined outside of its namespaces. */
export const labFolder = process.env['MYSQL_QUIESCE_LAB']

/** Why the tests of the agents cannot run here; undefined where they can. */
export const cannotRun: string | undefined =
  process.env['MYSQL_QUIESCE_NO_LAB'] ?? (labFolder === undefined ? 'npm run agents runs it' : undefined)
