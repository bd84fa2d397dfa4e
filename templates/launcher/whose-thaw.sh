# Sets invoker where it is one that can be told from others: by what it says of itself, or by an agent above us.
find_invoker() {
  invoker=${MYSQL_QUIESCE_INVOKER-}
  case $invoker in *[!A-Za-z0-9_.-]*) invoker= ;; esac
  pid=$PPID
  while [ ! "$invoker" ] && [ "$pid" -gt 0 ]; do
    name= parent=0
    while read -r key value; do
      case $key in Name:) name=$value ;; PPid:) parent=$value && break ;; esac
    done 2>/dev/null <"/proc/$pid/status"
    case $name in {{agents}}) invoker=$name ;; esac
    pid=$parent
  done
}
