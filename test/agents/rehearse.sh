#!/bin/sh
# Freezes and thaws a small disk: what all tests of the agents need. What fails says why.
set -eu
truncate -s 16M /lab/small.img
mkfs.ext4 -q -F /lab/small.img
mkdir /lab/small
mount -o loop /lab/small.img /lab/small
trap 'umount /lab/small' EXIT
fsfreeze --freeze /lab/small
fsfreeze --unfreeze /lab/small
