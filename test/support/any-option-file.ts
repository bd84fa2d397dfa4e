import * as fc from 'fast-check'

/** The text of one option file: every syntax there is, and lines that nobody would write. */
export function anyOptionFile(): fc.Arbitrary<string> {
  const head = fc.oneof(
    { weight: 9, arbitrary: fc.constant('[client]') },
    { weight: 1, arbitrary: comment() },
  )
  return fc
    .record({
      head,
      lines: fc.array(anyLine(), { maxLength: 12 }),
      end: fc.constantFrom('\n', '\r\n', ' \n'),
    })
    .map(({ head: first, lines, end }) => [first, ...lines, ''].join(end))
}

/**
 * A folder of files by name, which main.cnf includes, some by way of others. Only main.cnf and the groups may be odd:
 * an error in an included file is taken otherwise by the servers' readers (see option-file-oracle.test.ts).
 */
export function anyOptionFolder(): fc.Arbitrary<Record<string, string>> {
  return fc
    .record({
      'main.cnf': withIncludes('a.cnf', 'b c.cnf', 'd'),
      'a.cnf': withIncludes('b c.cnf', 'd/'),
      'b c.cnf': withIncludes('./d/../d'),
      'd/y.cnf': withIncludes(),
      'd/X.cnf': withIncludes(),
      'd/.z.cnf': withIncludes(),
      'd/no.cnf.bak': fc.constant('no group\n'),
    })
    .map((files) => ({ ...files }))
}

function withIncludes(...paths: readonly string[]): fc.Arbitrary<string> {
  const includes = paths.map((path) => `${path.endsWith('.cnf') ? '!include' : '!includedir'} ${path}`)
  return fc
    .tuple(
      fc.subarray(includes),
      fc.array(fc.oneof(option(), comment(), group()), { maxLength: 6 }),
      fc.nat(),
    )
    .map(([some, lines, at]) => lines.toSpliced(at % (lines.length + 1), 0, ...some))
    .map((lines) => `[client]\n${lines.join('\n')}\n`)
}

function anyLine(): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 12, arbitrary: option() },
    { weight: 3, arbitrary: junk() },
    { weight: 2, arbitrary: group() },
    { weight: 2, arbitrary: comment() },
    { weight: 1, arbitrary: fc.constantFrom('', '[client', '!foo', '!includes x', '[client]#', '!', ']') },
  )
}

function option(): fc.Arbitrary<string> {
  const name = fc.constantFrom(
    'user',
    'lock-wait',
    'lock_wait',
    'loose-x',
    'skip-ssl',
    'a b',
    '--a',
    'é',
    '"a',
    "a'b",
  )
  return fc
    .record({ before: space(), name, around: fc.tuple(space(), space()), value: value(), after: trail() })
    .map(({ before, name: written, around: [left, right], value: text, after }) =>
      text === null ? before + written + after : `${before}${written}${left}=${right}${text}${after}`,
    )
}

function value(): fc.Arbitrary<string | null> {
  return fc.oneof(
    fc.constant(null),
    fc.constantFrom(
      '',
      'root',
      "''",
      '""',
      '" "',
      '"',
      "'",
      '1',
      '=',
      '3s',
      '/run/my sql.sock',
      '€uro',
      '日本',
    ),
    pieces().map((text) => `"${text}"`),
    pieces().map((text) => `'${text}'`),
    pieces(),
  )
}

function pieces(): fc.Arbitrary<string> {
  const escapes = ['\\n', '\\t', '\\r', '\\b', '\\s', '\\\\', '\\"', "\\'", '\\x', '\\0', '\\#', '\\é', '\\']
  const others = ['a', 'B', '1', ' ', '\t', '#', ';', "'", '"', '=', '[', ']', '!', 'é', '€']
  return fc.array(fc.constantFrom(...escapes, ...others), { maxLength: 8 }).map((all) => all.join(''))
}

/** An indented `=` without a name is left out: both readers print a line too many there. */
function junk(): fc.Arbitrary<string> {
  return pieces().filter((text) => !/^\s+=/.test(text) && !/^\s*!/.test(text))
}

function group(): fc.Arbitrary<string> {
  return fc.constantFrom(
    '[client]',
    '[CLIENT]',
    '[Mysql-Quiesce]',
    '[mysql_quiesce]',
    '[client ]',
    '[ client]',
    '\t[client\t] # c',
    '[mysqld]',
    '[client]a=b',
    '[[a]]',
    '[]',
    '[été]',
    '[client][mysqld]',
  )
}

function comment(): fc.Arbitrary<string> {
  return fc.constantFrom('# a=1', ';a=1', ' \t# [client]', '#', ';"', "# it's")
}

function space(): fc.Arbitrary<string> {
  return fc.constantFrom('', '', ' ', '  ', '\t', ' \v\f ')
}

function trail(): fc.Arbitrary<string> {
  return fc.constantFrom('', '', ' ', '\r', ' # c', '#c', " # it's", ' ; c')
}
