/** The sh script `bin/NAME`: the program on its folder's own C library, wherever the folder lies. */
export function wrapper(program: string, charsets: string | undefined): string {
  return `#!/bin/sh
here=$(dirname -- "$(dirname -- "$(readlink -f -- "$0")")")
unset LD_PRELOAD LD_LIBRARY_PATH LD_AUDIT
exec "$here/ldso/${program}" --inhibit-cache --library-path "$here/lib" "$here/libexec/${program}" "$@"${ownFiles(program, charsets)}
`
}

const servers = ['mysqld', 'mariadbd']
const clients = /^(mysql|mariadb)(-?(admin|dump|binlog))?$/

/** Where a program finds its own files; without this it takes the host's. At the end, since --defaults-file must be first. */
function ownFiles(program: string, charsets: string | undefined): string {
  if (servers.includes(program)) return ' --basedir="$here"'
  if (!clients.test(program)) return ''
  return ` --plugin-dir="$here/lib/mysql/plugin" --character-sets-dir="$here/${charsets ?? 'none'}"`
}
