/** The writer numbers its rows; the others write somewhere else, for on MySQL a lock that failed keeps their table shut. */
export const createTables = [
  'CREATE DATABASE torture',
  'CREATE TABLE torture.numbered (n BIGINT PRIMARY KEY) ENGINE = InnoDB',
  'CREATE TABLE torture.in_myisam (n BIGINT PRIMARY KEY) ENGINE = MyISAM',
  'CREATE TABLE torture.written (id BIGINT AUTO_INCREMENT PRIMARY KEY) ENGINE = InnoDB',
  'CREATE TABLE torture.elsewhere (n INT) ENGINE = InnoDB',
  'INSERT INTO torture.elsewhere VALUES (1)',
]

/** Those that the writer may number its rows in. */
export type NumberedTable = 'numbered' | 'in_myisam'

export const insertNumbered = (table: string, n: number) => `INSERT INTO torture.${table} VALUES (${n})`

export const lastNumbered = `SELECT GREATEST(COALESCE((SELECT MAX(n) FROM torture.numbered), 0),
  COALESCE((SELECT MAX(n) FROM torture.in_myisam), 0)) AS last`

export const insertAnother = 'INSERT INTO torture.written () VALUES ()'
