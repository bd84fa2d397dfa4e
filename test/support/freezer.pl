# freezer.pl PLACE...: for each line with a number freezes the file systems of these places, one after the other, waits for as
# many milliseconds, and thaws them again, the last one first. Says then how many were frozen. They are opened before anything is
# frozen, so that they can always be thawed. The numbers are those of linux/fs.h.
use strict;
use warnings;
use constant { FIFREEZE => 0xC0045877, FITHAW => 0xC0045878 };

my @places = map { open(my $place, '<', $_) or die "$_: $!\n"; $place } @ARGV;
$| = 1;
while (my $milliseconds = <STDIN>) {
  my @frozen;
  for my $place (@places) {
    ioctl($place, FIFREEZE, 0) ? unshift(@frozen, $place) : warn "not frozen: $!\n";
  }
  select(undef, undef, undef, $milliseconds / 1000);
  for my $place (@frozen) { ioctl($place, FITHAW, 0) or warn "not thawed: $!\n"; }
  print scalar(@frozen), "\n";
}
