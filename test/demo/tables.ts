import type { Server } from '../servers/start.ts'

/** Both tables have the same rows whenever no statement is under way: the trigger sees to it. */
export const tables = { innodb: 'demo.in_innodb', myisam: 'demo.in_myisam' } as const

export type Engine = keyof typeof tables

export const engines = ['innodb', 'myisam'] as const satisfies readonly Engine[]

/** The account of the scripts, with all that it needs and no more. */
export const account = 'quiesce'

/** One statement writes one row into both tables; DELAY_KEY_WRITE is what a busy MyISAM table has. */
export async function createTables(
  server: Server,
  { password }: { readonly password: string },
): Promise<void> {
  const columns = 'writer INT, number INT, text VARCHAR(100), PRIMARY KEY (writer, number), KEY (text)'
  await server.client(`
    CREATE USER ${account}@localhost IDENTIFIED BY '${password}';
    GRANT RELOAD, REPLICATION CLIENT, PROCESS ON *.* TO ${account}@localhost;
    CREATE DATABASE demo;
    CREATE TABLE ${tables.innodb} (${columns}) ENGINE = InnoDB;
    CREATE TABLE ${tables.myisam} (${columns}) ENGINE = MyISAM DELAY_KEY_WRITE = 1;
    CREATE TRIGGER demo.into_both AFTER INSERT ON ${tables.innodb} FOR EACH ROW
      INSERT INTO ${tables.myisam} VALUES (NEW.writer, NEW.number, NEW.text);`)
}

/** With GTIDs, MySQL refuses a statement that writes into tables of both kinds. */
export function optionsFor({ family }: Pick<Server, 'family'>): readonly string[] {
  return family === 'mysql' ? ['--gtid-mode=OFF', '--enforce-gtid-consistency=OFF'] : []
}
