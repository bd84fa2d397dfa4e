#!/bin/sh
# Pre-freeze script of a Veeam job (guest processing). The backup server uploads this file and runs it from /tmp; what it
# calls is installed on this machine, and found by the command mysql-quiesce. Veeam waits 10 minutes, so it is stopped
# after 9, and undoes itself. Nothing is said on stderr, for the job fails on it.
exec 2>/dev/null
trap '' PIPE
PATH=/usr/sbin:/usr/bin:/sbin:/bin
# VMware Tools may run this file for the backup server, and are not who asks then.
MYSQL_QUIESCE_INVOKER=veeam
export MYSQL_QUIESCE_INVOKER
command=$(readlink -f /usr/sbin/mysql-quiesce)
ours=${command%/*}/pre-freeze-script
if [ ! "$command" ] || [ ! -x "$ours" ]; then
  echo 'not frozen: mysql-quiesce is not installed on this machine'
  exit 127
fi
if [ "$(id -u)" != 0 ]; then
  echo 'not frozen: not root; let the guest account of the job elevate its privileges'
  exit 126
fi
if [ -x /usr/bin/timeout ]; then
  /usr/bin/timeout -k 20 540 "$ours" freeze </dev/null
else
  "$ours" freeze </dev/null
fi
code=$?
[ "$code" != 137 ] || echo 'not frozen: killed'
exit "$code"
