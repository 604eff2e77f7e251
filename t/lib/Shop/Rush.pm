package Shop::Rush;

# Many certificates that are paid at once: sold in the database, produced by the workers, counted in Moodle.

use strict;
use warnings;

use FindBin;
use lib "$FindBin::Bin/../sql";
use Test::More;

use Orders ();
use Shop::Test qw(wait_for);

my $PRODUCT = 'mooc_certificate';
my $GROUP   = 'cert-mooc-web';


# As many people whom Moodle does not know buy one each.
sub sell {
    my ($t, $count, $from) = @_;
    my $line = Orders::line($t->dbh, $PRODUCT, 1);
    for my $n (map { ($from // 0) + $_ } 1 .. $count) {
        Orders::paid($t->dbh, [$line], customer => {lastname => "Rush$n", firstname => 'Zoe', organisation => q{},
            address => '1 rue Haute', zip => '44000', city => 'Nantes', country => 'FR', email => "rush$n\@example.org", phone => q{}});
    }
    return;
}


sub left { my ($t) = @_; return $t->sql(q{select count(*) from shop.jobs where phase = 'postpay' and state <> 'done'}) }


sub drained { my ($t, $seconds) = @_; return wait_for(sub { left($t) == 0 }, $seconds, 0.2) }


# Nothing lost, nothing doubled: one account, one place in the group, one instance, one complete order for each.
sub is_right {
    my ($t, $count) = @_;
    my $moodle = $t->moodle;
    my %account;
    $account{$_->{email}}++ for grep { $_->{email} =~ /^rush\d+\@/ } values %{$moodle->{users}};
    my ($group) = grep { $_->{idnumber} eq $GROUP } values %{$moodle->{groups}};
    my @members = grep { ($moodle->{users}{$_}{email} // q{}) =~ /^rush\d+\@/ } keys %{$group->{members}};
    is(scalar keys %account, $count, 'every buyer has an account');
    is(scalar(grep { $_ > 1 } values %account), 0, 'and nobody two');
    is(scalar @members, $count, 'every one is in the group that sees the certificate');
    is($t->sql(q{select count(*) from shop.product_instances where contexttype = 'course_module'}), $count, 'an instance for each');
    is($t->sql(q{select count(*) from shop.bills where status = 'COMPLETE'}), $count, 'every order is complete');
    return;
}

1;
