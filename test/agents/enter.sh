#!/bin/sh
# enter.sh STAGE COMMAND...: runs a command where none of this machine's disks can be frozen, or written to. In
# mount and process namespaces of its own (unshare --mount --pid --fork), / becomes an overlay in memory over what
# is there, and so does every other file system: what an agent finds in its mount table is then either no disk,
# which FIFREEZE refuses, or one that the tests have mounted. STAGE is an empty folder; /lab is in memory.
set -eu
PATH=$PATH:/usr/sbin:/sbin
export PATH
stage=$1
shift
here=$PWD
mount -t tmpfs -o size=75% stage "$stage"
mkdir "$stage/layers" "$stage/root"
count=0

# Puts what is mounted at $1 (as one layer, read only) below the new root, with a layer in memory on top.
cover() {
  count=$((count + 1))
  mkdir -p "$stage/layers/$count" "$stage/layers/$count.work" "$stage/root$1"
  mount -t overlay overlay -o "lowerdir=$1,upperdir=$stage/layers/$count,workdir=$stage/layers/$count.work" "$stage/root$1"
}

cover /
# In the order of their paths: a mount comes after the one it lies in. Names that an option of mount could not
# carry are left out, and so is what is no folder.
cut -d ' ' -f 5 /proc/self/mountinfo | sort -u | while read -r place; do
  case $place in
    / | /proc | /proc/* | /sys | /sys/* | /dev | /dev/* | /run | /run/* | "$stage" | "$stage"/* | *[!A-Za-z0-9._/-]*) continue ;;
  esac
  [ ! -d "$place" ] || cover "$place" 2>/dev/null || echo "not seen by the agents: $place" >&2
done
mount -t proc proc "$stage/root/proc"
for place in /sys /dev; do mount --rbind "$place" "$stage/root$place"; done
mkdir -p "$stage/root/run" "$stage/root/lab" "$stage/root/before"
mount -t tmpfs -o mode=755 run "$stage/root/run"
mkdir -m 1777 "$stage/root/run/lock"
mount -t tmpfs -o size=75% lab "$stage/root/lab"

cd "$stage/root"
pivot_root . before
cd "$here"
umount -l /before
[ -e /etc/mtab ] || ln -s ../proc/self/mounts /etc/mtab

# Lines of the mount table that an agent could freeze: those of a disk, and btrfs, whose number says that it is none.
disks() {
  awk '{ for (i = 7; $i != "-"; i++); split($3, number, ":"); if (number[1] != 0 || $(i + 1) == "btrfs") print $5 }' /proc/self/mountinfo
}
seen=$(disks)
[ -z "$seen" ] || { echo "refusing to go on, these could be frozen: $seen" >&2; exit 1; }

# A signal is for the command. This shell stays for what comes after it, however it ends.
trap : INT TERM HUP
code=0
"$@" || code=$?
for place in $(disks); do
  echo "left mounted: $place" >&2
  fsfreeze --unfreeze "$place" 2>/dev/null || :
  umount -l "$place"
  code=1
done
exit "$code"
