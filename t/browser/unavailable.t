#!/usr/bin/perl

# Redis is away: the catalogue is still shown and says so, what needs a session asks to come back.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../lib";
use Test::More;

use Shop::Browser qw(tell);
use Shop::Test qw(stop_process);

my $t = Shop::Test->new;

stop_process(delete $t->{pids}{redis}, 'KILL');
tell($t, 'unavailable.mjs');

$t->finish;
done_testing();
