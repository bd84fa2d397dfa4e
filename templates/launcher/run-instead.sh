  runs_here || {
    pass_over
    continue
  }
  exec "$node" "$self" "$@"
