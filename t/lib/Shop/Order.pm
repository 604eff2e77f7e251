package Shop::Order;

# One order seen from every side: the database, the pages, the mails. Waits for what comes later.

use strict;
use warnings;

use Carp qw(croak);
use JSON::PP;
use Test::More;

use Shop::Test qw(wait_for);

my $json = JSON::PP->new;


# The order that the buyer's page speaks of.
sub of {
    my ($class, $t, $buyer) = @_;
    my ($transid) = $buyer->path =~ m{/order/([A-Z0-9]+)} or croak "no order on " . $buyer->path;
    return bless {t => $t, transid => $transid}, $class;
}


# The last one that was placed.
sub last_of {
    my ($class, $t) = @_;
    my $transid = $t->sql('select transid from shop.bills order by id desc limit 1')
        // croak 'no order was placed';
    return bless {t => $t, transid => $transid}, $class;
}


sub transid { return $_[0]{transid} }


sub row {
    my ($self) = @_;
    return $self->{t}->dbh->selectrow_hashref('select * from shop.bills where transid = ?', undef,
        $self->{transid});
}


sub status { my ($self) = @_; return $self->row->{status} }


# Documents in them are decoded.
sub lines {
    my ($self) = @_;
    my $lines = $self->{t}->dbh->selectall_arrayref('select l.* from shop.bill_items l join shop.bills b'
        . ' on b.id = l.billid where b.transid = ? order by l.ordering', {Slice => {}}, $self->{transid});
    for my $line (@{$lines}) {
        for my $name (grep { defined $line->{$_} } qw(customerdata users elements params tax)) {
            $line->{$name} = $json->decode($line->{$name});
        }
    }
    return @{$lines};
}


# True as soon as the order stands so; "SOLDOUT|COMPLETE": in one of these ways.
sub comes_to {
    my ($self, $status, $seconds) = @_;
    return wait_for(sub { $self->status =~ /^(?:$status)$/ }, $seconds // 15);
}


sub invoice_number {
    my ($self) = @_;
    return wait_for(sub {
        $self->{t}->sql('select v.number from shop.invoices v join shop.bills b on b.id = v.billid'
            . ' where b.transid = ? and v.refundid is null', $self->{transid});
    }, 15);
}


# "1234.5" as English and French write euros.
sub euros {
    my ($amount, $lang) = @_;
    my ($whole, $cents) = sprintf('%.2f', $amount) =~ /^(\d+)\.(\d\d)$/;
    my $space = "\x{202f}";
    1 while $whole =~ s/(\d)(\d{3})(?!\d)/$1@{[$lang eq 'fr' ? $space : ',']}$2/;
    return $lang eq 'fr' ? "$whole,$cents\x{a0}\x{20ac}" : "\x{20ac}$whole.$cents";
}


# The text shows the three totals of the order. White space of every kind counts as one.
sub shown_in {
    my ($self, $text, $where, $lang) = @_;
    my $row = $self->row;
    my @missing;
    $text =~ s/\s+/ /g;
    for my $name (qw(untaxedamount taxes amount)) {
        my $shown = euros($row->{$name}, $lang // $row->{lang});
        $shown =~ s/\s+/ /g;
        push @missing, "$name $shown" if index($text, $shown) < 0;
    }
    is(join(', ', @missing), '', "the totals of the order are in $where") or diag $text;
    return;
}


# Lines and totals of the database agree, and no tax is lost.
sub adds_up {
    my ($self) = @_;
    my $row = $self->row;
    my %sum = (untaxed => 0, taxed => 0);
    for my $line ($self->lines) {
        $sum{untaxed} += $line->{totalprice};
        $sum{taxed}   += $line->{taxedprice};
    }
    is(sprintf('%.2f %.2f', @sum{qw(untaxed taxed)}), sprintf('%.2f %.2f', @{$row}{qw(untaxedamount amount)}),
        'the lines sum up to the order');
    is(sprintf('%.2f', $row->{untaxedamount} + $row->{taxes}), sprintf('%.2f', $row->{amount}),
        'untaxed and taxes are the amount');
    return;
}

1;
