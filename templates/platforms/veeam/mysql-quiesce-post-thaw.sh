#!/bin/sh
# Post-thaw script of a Veeam job (guest processing). The backup server uploads this file and runs it from /tmp; what it
# calls is installed on this machine, and found by the command mysql-quiesce. Nothing is said on stderr, for the job
# fails on it.
exec 2>/dev/null
trap '' PIPE
PATH=/usr/sbin:/usr/bin:/sbin:/bin
# VMware Tools may run this file for the backup server, and are not who asks then.
MYSQL_QUIESCE_INVOKER=veeam
export MYSQL_QUIESCE_INVOKER
command=$(readlink -f /usr/sbin/mysql-quiesce)
ours=${command%/*}/post-thaw-script
if [ ! "$command" ] || [ ! -x "$ours" ]; then
  echo 'not thawed: mysql-quiesce is not installed on this machine'
  exit 127
fi
if [ "$(id -u)" != 0 ]; then
  echo 'not thawed: not root; let the guest account of the job elevate its privileges'
  exit 126
fi
"$ours" thaw </dev/null
exit "$?"
