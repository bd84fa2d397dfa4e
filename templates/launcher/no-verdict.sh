trap '' PIPE
if [ "${MYSQL_QUIESCE_LET_GO:-}" = yes ]; then
  echo "the database was let go, but there is no verdict: $looked"
elif [ "${MYSQL_QUIESCE_LET_GO:-}" = refused ]; then
  echo "nothing was let go, for the freeze of $invoker was refused, and there is no verdict: $looked"
elif [ -e "$held" ] || [ -h "$held" ]; then
  echo "$held could not be removed, so the database may still be locked, and there is no verdict: $looked"
else
  echo "there was nothing to let go, and there is no verdict: $looked"
fi
