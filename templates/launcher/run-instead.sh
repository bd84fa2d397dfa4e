  exec "$node" "$self" "$@"
