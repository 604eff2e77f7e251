#!/usr/bin/perl

# Each header compiles alone; those of the pure rooms without nginx's headers in reach.

use strict;
use warnings;

use File::Basename qw(dirname);
use lib dirname(__FILE__) . '/../lib';
use Shop::Source qw(files top);
use Test::More;

my $top     = top();
my $nginx   = ($ENV{NGINX_SRC} // '/usr/share/nginx/src') . '/src';
my @headers = files(qr{^src/.*\.h$});

# Found as system headers: nginx's own code need not meet our warnings.
my $flags = join q{ }, map { "-isystem $_" } '/usr/include/postgresql', "$top/build/nginx",
    map { "$nginx/$_" } qw(core event event/modules os/unix http http/modules http/v2);

ok(scalar @headers, 'headers were found');
ok(-f "$top/build/nginx/ngx_auto_config.h", 'nginx is configured') or die "make first\n";

for my $header (@headers) {
    my $more   = $header =~ m{^src/(?:base|shop|pay|produce|view)/} ? q{} : $flags;
    my $output = qx(gcc -std=gnu11 -Wall -Wextra -Werror -fsyntax-only -I$top/src $more -include $top/$header -x c /dev/null 2>&1);
    is($?, 0, "$header compiles alone") or diag($output);
}

done_testing();
