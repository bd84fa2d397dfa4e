  "$node" "$self" "$@" </dev/null 2>&1 &
  again=yes
  while [ "$again" ]; do
    again=
    wait "$!"
    code=$?
  done
  case $code in
    1 | 2 | 126 | 127)
      if [ ! "$stopped" ] && ! runs_here; then
        pass_over
        [ ! "$stopped" ] || exit 143
        continue
      fi
      ;;
  esac
  exit "$code"
