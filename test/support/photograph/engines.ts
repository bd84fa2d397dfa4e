import type { Server } from '../../servers/start.ts'

type Family = Server['family']

/** A table of an engine, and how rows come into it. */
export interface EngineTable {
  readonly name: string
  /** What follows CREATE TABLE and the name; in the order in which they are made. */
  readonly create: string
  /** Rows as this expression of a number has them; none for a table that only refers to others. */
  readonly row: ((n: number) => string) | null
}

const plain = '(n INT PRIMARY KEY, words VARCHAR(200))'
const words = (n: number) => `(${n}, CONCAT('row ', ${n}, REPEAT(' again', ${n % 20})))`

const everywhere: readonly EngineTable[] = [
  { name: 'innodb', create: `${plain} ENGINE=InnoDB`, row: words },
  { name: 'myisam', create: `${plain} ENGINE=MyISAM`, row: words },
  { name: 'delayed', create: `${plain} ENGINE=MyISAM DELAY_KEY_WRITE=1`, row: words },
  { name: 'csv', create: '(n INT NOT NULL, words VARCHAR(200) NOT NULL) ENGINE=CSV', row: words },
  { name: 'archive', create: '(n INT NOT NULL, words VARCHAR(200)) ENGINE=ARCHIVE', row: words },
  { name: 'part_1', create: `${plain} ENGINE=MyISAM`, row: words },
  { name: 'part_2', create: `${plain} ENGINE=MyISAM`, row: words },
  { name: 'merged', create: `${plain} ENGINE=MERGE UNION=(part_1, part_2) INSERT_METHOD=LAST`, row: null },
  {
    name: 'fulltext_myisam',
    create: '(n INT PRIMARY KEY, words TEXT, FULLTEXT (words)) ENGINE=MyISAM',
    row: words,
  },
  {
    name: 'fulltext_innodb',
    create: '(n INT PRIMARY KEY, words TEXT, FULLTEXT (words)) ENGINE=InnoDB',
    row: words,
  },
  {
    name: 'partitioned_innodb',
    create: `${plain} ENGINE=InnoDB PARTITION BY HASH (n) PARTITIONS 3`,
    row: words,
  },
]

const partitionedMyIsam: EngineTable = {
  name: 'partitioned_myisam',
  create: `${plain} ENGINE=MyISAM PARTITION BY HASH (n) PARTITIONS 3`,
  row: words,
}

const aria: readonly EngineTable[] = [0, 1].map((transactional) => ({
  name: `aria_${transactional}`,
  create: `${plain} ENGINE=Aria TRANSACTIONAL=${transactional}`,
  row: words,
}))

/** One table of each engine that the server has; 8.0 and later partition InnoDB alone. */
export function engineTables({
  family,
  version,
}: Pick<Server, 'family' | 'version'>): readonly EngineTable[] {
  if (family === 'mariadb') return [...everywhere, partitionedMyIsam, ...aria]
  return version.startsWith('5.') ? [...everywhere, partitionedMyIsam] : everywhere
}

/** MariaDB has ARCHIVE in a file of its own. */
export function engineOptions(family: Family): readonly string[] {
  return family === 'mariadb' ? ['--plugin-load-add=ha_archive'] : []
}
