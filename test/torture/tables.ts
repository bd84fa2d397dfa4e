/** The writer numbers its rows; the others write somewhere else, for on MySQL a lock that failed keeps their table shut. */
export const createTables = [
  'CREATE DATABASE torture',
  'CREATE TABLE torture.numbered (n BIGINT PRIMARY KEY) ENGINE = InnoDB',
  'CREATE TABLE torture.written (id BIGINT AUTO_INCREMENT PRIMARY KEY) ENGINE = InnoDB',
  'CREATE TABLE torture.elsewhere (n INT) ENGINE = InnoDB',
  'INSERT INTO torture.elsewhere VALUES (1)',
]

export const insertNumbered = (n: number) => `INSERT INTO torture.numbered VALUES (${n})`

export const lastNumbered = 'SELECT COALESCE(MAX(n), 0) AS last FROM torture.numbered'

export const insertAnother = 'INSERT INTO torture.written () VALUES ()'
