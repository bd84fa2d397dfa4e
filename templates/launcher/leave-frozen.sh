# Writers wait until this script has ended, and Node.js needs some milliseconds more to end than to be done.
# So it says by USR1 when it has handed over: this shell looks at the lock files itself, and leaves if they
# say "frozen". A stray USR1 only makes it look; and what an earlier run has left says nothing of this one.
built={{stateDir}}
state=${MYSQL_QUIESCE_STATE_DIR:-$built}
[ -e "$state/waitforsnapshot" ] && left=yes || left=
leave_frozen() {
  again=yes
  [ ! "$left" ] && [ ! -e "$state/waitforlock" ] && [ -e "$state/waitforsnapshot" ] && exit 0
}
trap leave_frozen USR1
MYSQL_QUIESCE_LAUNCHER=$$
export MYSQL_QUIESCE_LAUNCHER
