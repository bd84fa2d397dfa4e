/** Where the writer writes: one row, one commit. */
export const createTable = `
  CREATE DATABASE bench;
  CREATE TABLE bench.written (id BIGINT AUTO_INCREMENT PRIMARY KEY, note VARCHAR(100) NOT NULL) ENGINE = InnoDB;`

/** A look at what it has written. */
export const select = 'SELECT note FROM bench.written ORDER BY id DESC LIMIT 1'

export const insert = `INSERT INTO bench.written (note) VALUES ('${'a row of the writer '.repeat(4).trim()}')`
