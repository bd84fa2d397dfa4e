/** Where the writer writes: one row, one commit. */
export const createTable = `
  CREATE DATABASE bench;
  CREATE TABLE bench.written (id BIGINT AUTO_INCREMENT PRIMARY KEY, note VARCHAR(100) NOT NULL) ENGINE = InnoDB;`

export const insert = `INSERT INTO bench.written (note) VALUES ('${'a row of the writer '.repeat(4).trim()}')`
