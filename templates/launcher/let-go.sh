# The database is let go before anything else, before Node.js is even looked for: writers are waiting.
# The verdict depends on whether it was this script that let go, so rm is the witness: it succeeds only when
# the file was there and is gone by its hand. What the file said goes with it: which hold was let go.
built={{stateDir}}
state=${MYSQL_QUIESCE_STATE_DIR:-$built}
held=$state/waitforsnapshot
# Who asks for help has no snapshot; nor has a folder of hooks that calls every script in it to freeze. The first
# word says what for; a setting that is written without = takes what follows it.
word= setting=
for argument in "$@"; do
  case $argument in --help | --version) held= ;; esac
  [ ! "$setting" ] || { setting= && continue; }
  case $argument in
    --*=* | -- | '') ;;
    --*) setting=yes ;;
    *) word=${word:-$argument} ;;
  esac
done
case $word in {{wordsOfNoThaw}}) held= ;; esac
unset MYSQL_QUIESCE_LET_GO
MYSQL_QUIESCE_ASKED=
# While waitforlock is there, the lock is not: what was taken by now was taken without it.
[ -e "$state/waitforlock" ] && MYSQL_QUIESCE_EARLY=yes || MYSQL_QUIESCE_EARLY=
[ ! -f "$held" ] || IFS= read -r MYSQL_QUIESCE_ASKED 2>/dev/null <"$held"
# An invoker whose own freeze was refused thaws, too, and then it is another one's hold that stands.
invoker=
for refused in "$state"/refused-*; do
  [ ! -e "$refused" ] || find_invoker
  [ ! "$invoker" ] || [ ! -f "$state/refused-$invoker" ] || MYSQL_QUIESCE_LET_GO=refused
  break
done
if [ "${MYSQL_QUIESCE_LET_GO-}" ]; then
  MYSQL_QUIESCE_REFUSED=$invoker
  export MYSQL_QUIESCE_LET_GO MYSQL_QUIESCE_REFUSED
elif /bin/rm -- "$held" </dev/null 2>/dev/null; then
  MYSQL_QUIESCE_LET_GO=yes
  export MYSQL_QUIESCE_LET_GO MYSQL_QUIESCE_ASKED MYSQL_QUIESCE_EARLY
  # Node.js takes a whole processor while it starts; until then those have it who unlock, and who wait to write.
  /bin/sleep 0.02 </dev/null 2>/dev/null
elif [ ! -e "$held" ] && [ ! -h "$held" ]; then
  # What another freeze makes by the time that Node.js is there is not for this thaw.
  MYSQL_QUIESCE_LET_GO=nothing
  export MYSQL_QUIESCE_LET_GO
fi
