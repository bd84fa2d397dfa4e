#!/bin/sh
"true" /*
# {{name}} of mysql-quiesce {{version}}, made by its build: do not edit.
# sh runs the lines down to the closing mark, and Node.js takes them for a comment. "true" does nothing in
# both; its quotes keep the "use strict" of the program a directive.

{{before}}

# The real file, for what belongs to it lies beside it.
self=$0
[ "${self%/[!/]*}" != "$self" ] || self=./$self
if [ -h "$self" ]; then
  for readlink in /usr/bin/readlink /bin/readlink; do
    [ -x "$readlink" ] && real=$("$readlink" -f "$self" </dev/null 2>/dev/null) && self=$real && break
  done
fi
dir=${self%/[!/]*}

# Node.js, without PATH: beside this file, where node-path says, or in one of the places. An empty file that
# may be executed is passed over: sh would run it as a script that succeeds.
# One that cannot run here (built for another machine or C library), or is older than {{floor}}, is passed over. To ask
# takes as long as to start Node.js, so a run asks only where the program has failed.
runs_here() {
  "$node" -e 'process.exit({{newEnough}} ? 0 : 1)' </dev/null >/dev/null 2>&1
}
passed=
pass_over() {
  said=$("$node" --version </dev/null 2>&1)
  passed="$passed; $node is not: ${said%%"$newline"*}"
}
newline='
'
places='/usr/bin/node /usr/local/bin/node /opt/node/bin/node /usr/bin/nodejs'
recorded=
[ ! -f "$dir/node-path" ] || IFS= read -r recorded 2>/dev/null <"$dir/node-path"
for node in "$dir/node" "$recorded" $places; do
  [ -f "$node" ] && [ -s "$node" ] && [ -x "$node" ] || continue
{{run}}
done
looked="no Node.js >= {{floor}} at $dir/node, where $dir/node-path says, or at $places$passed"
{{missing}}
exit 127
*/
