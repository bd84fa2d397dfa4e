  "$node" "$self" "$@" </dev/null 2>&1 &
  again=yes
  while [ "$again" ]; do
    again=
    wait "$!"
    code=$?
  done
  exit "$code"
