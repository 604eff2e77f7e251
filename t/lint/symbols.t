#!/usr/bin/perl

# A dynamic module is opened with RTLD_GLOBAL: it exports the three symbols that nginx asks for and
# no other, which could take the place of another module's.

use strict;
use warnings;

use File::Basename qw(dirname);
use lib dirname(__FILE__) . '/../lib';
use Shop::Source qw(top);
use Test::More;

my $module = $ENV{SHOP_MODULE} // top() . '/build/nginx/ngx_http_shop_module.so';

plan skip_all => 'the module is linked statically' if $ENV{SHOP_STATIC};

ok(-f $module, 'the module is built') or die "make first\n";

my @exported = sort map { (split)[2] } qx(nm -D --defined-only $module);
is_deeply(\@exported, [qw(ngx_module_names ngx_module_order ngx_modules)], 'exactly three symbols');

done_testing();
