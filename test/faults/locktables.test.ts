import { playMatrix } from './play-matrix.ts'

playMatrix({ server: 'mariadb-10.11', group: 'locktables' })
