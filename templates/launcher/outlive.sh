# VMware Tools takes a script that died of a signal for one that succeeded. So this shell outlives Node.js,
# passes on that it has to stop, and says what became of Node.js.
stopped=
stop() {
  again=yes
  stopped=yes
  [ "$!" ] || exit 143
  kill "$!"
}
trap stop TERM INT HUP

# Nothing is said on stderr, for a Veeam job fails on it; and stdout may be closed.
exec 2>/dev/null
true 3>&1 || exec >/dev/null
