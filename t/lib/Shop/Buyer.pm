package Shop::Buyer;

# A person who buys, with a browser that has no JavaScript: reads each page, fills in its form, presses
# a button, follows redirects. Every page is looked at: no server error, a title, one heading.

use strict;
use warnings;

use Carp qw(croak);
use Test::More;
use Time::HiRes qw(sleep time);

use Shop::Http;
use Shop::Page;
use Shop::Texts qw(pattern);

my %PERSON = (
    firstname => 'Ada', lastname => 'Martin', email => 'ada.martin@example.org',
    address => '3 rue des Lilas', zip => '44000', city => 'Nantes', country => 'FR',
);


# Options: base, lang, person (changes to Ada Martin).
sub new {
    my ($class, %option) = @_;
    return bless {
        http => Shop::Http->new(base => $option{base},
            headers => {'Accept-Language' => $option{lang} // 'en'}),
        lang   => $option{lang} // 'en',
        prefix => $option{prefix} // '/shop/ac/',
        person => {%PERSON, %{$option{person} // {}}},
    }, $class;
}


sub http { return $_[0]{http} }
sub page { return $_[0]{page} }
sub path { return $_[0]{path} }


# Is this sentence of the theme on the page?
sub says {
    my ($self, $key, %value) = @_;
    return $self->{page}->text =~ pattern($self->{lang}, $key, %value);
}


# What a field of a form holds now.
sub value_of {
    my ($self, $action, $name) = @_;
    my $form = $self->{page}->form($action, $name) or croak "no form $action with $name on $self->{path}";
    my ($field) = grep { $_->{name} eq $name } @{$form->{fields}};
    return $field->{type} =~ /^(?:checkbox|radio)$/
        ? (map { $_->{value} } grep { $_->{name} eq $name && $_->{checked} } @{$form->{fields}})[0]
        : $field->{value};
}


sub open {
    my ($self, $path) = @_;
    $path = $self->{http}{base} . $self->{prefix} . $path if $path !~ m{^(?:/|http:)};
    $path = $self->address($path);
    return $self->arrive($path, $self->{http}->get($path, headers => $self->referer));
}


# A path is one of the site that is shown, be it the shop's or the bank's.
sub address {
    my ($self, $path) = @_;
    return $path if $path =~ /^http:/;
    my ($origin) = ($self->{address} // $self->{http}{base}) =~ m{^(http://[^/]+)};
    return $origin . $path;
}


# As Referrer-Policy: same-origin lets a browser tell it.
sub referer { my ($self) = @_; return $self->{address} ? {Referer => $self->{address}} : {} }


# Follows redirects, keeps the page.
sub arrive {
    my ($self, $address, $answer) = @_;
    for (1 .. 8) {
        last if $answer->{status} !~ /^30[1237]$/;
        $self->{address} = $address;
        $address = $self->address($answer->{headers}{location});
        $answer  = $self->{http}->get($address, headers => $self->referer);
    }
    $self->{address} = $address;
    ($self->{path} = $address) =~ s{^\Q$self->{http}{base}\E}{};
    $self->{page} = Shop::Page->new($answer);
    return $self->{page};
}


# Types the values into the form whose action matches, presses the button (name => value).
sub submit {
    my ($self, $action, $values, @button) = @_;
    my $form = $self->{page}->form($action, keys %{$values // {}})
        or croak "no form $action with @{[keys %{$values // {}}]} on $self->{path}: " . $self->{page}->text;
    my $pairs  = $self->{page}->filled($form, $values, @button ? \@button : undef);
    my $target = $self->address($form->{action} eq '' ? $self->{address} : $form->{action});
    return $self->arrive($target, $self->{http}->post($target, $pairs, headers => $self->referer));
}


sub follow {
    my ($self, $text) = @_;
    my ($link) = grep { $_->{text} =~ $text || $_->{href} =~ $text } $self->{page}->links;
    croak "no link $text on $self->{path}" if !$link;
    return $self->open($link->{href});
}


# Puts a product into the cart from its own page.
sub add {
    my ($self, $product, $quantity, $values) = @_;
    $self->open("p/$product");
    my %values = %{$values // {}};
    $values{"quantity.$product"} = $quantity if defined $quantity;
    return $self->submit(qr{cart/add$}, \%values, p => $product);
}


sub step { my ($self) = @_; return $self->{path} =~ m{/step/(\w+)} ? $1 : undef }


# Proves the buyer's address by the link in the mail; comes back to the page `next`.
sub log_in {
    my ($self, $t, $next) = @_;
    my $email = $self->{person}{email};
    my $links = sub {
        return map { $_->{text} =~ m{(http://\S+login/complete\S+)} } grep { grep { $_ eq $email } @{$_->{to}} } $t->mails;
    };

    my $before = () = $links->();
    $self->open('login' . ($next ? "?next=$self->{prefix}$next" : ''));
    $self->submit(qr{/login$}, {email => $email});
    for (1 .. 400) {
        my $link = ($links->())[$before];
        return $self->open($link) if $link;
        sleep 0.05;
    }
    croak "no link came to $email";
}


# From the cart to the order page: gives what each page asks for.
sub checkout {
    my ($self) = @_;
    $self->open('cart');
    $self->follow(qr{/step/});
    for (1 .. 6) {
        my $step = $self->step // last;
        if    ($step eq 'customer')     { $self->fill_customer }
        elsif ($step eq 'purchaserequ') { $self->fill_requirements }
        else                            { last }
    }
    return $self->{page};
}


sub fill_customer {
    my ($self, %change) = @_;
    return $self->submit(qr{step/customer$}, {%{$self->{person}}, %change}, go => 1);
}


# Any text for a text, the first choice of a list.
sub fill_requirements {
    my ($self) = @_;
    my $form = $self->{page}->form(qr{step/purchaserequ$});
    my %value;
    for my $field (@{$form->{fields}}) {
        next if $field->{name} eq 'csrf';
        if ($field->{type} =~ /^(?:text|textarea)$/) { $value{$field->{name}} = 'Answer' }
        if ($field->{type} eq 'select') { ($value{$field->{name}}) = grep { $_ ne '' } @{$field->{options}} }
        if ($field->{type} =~ /^(?:radio|checkbox)$/) { $value{$field->{name}} //= $field->{value} }
    }
    return $self->submit(qr{step/purchaserequ$}, \%value, go => 1);
}


# Agrees to the terms, chooses how to pay, orders.
sub order {
    my ($self, $paymode, %change) = @_;
    my $form = $self->{page}->form(qr{step/order$});
    my %have = map { ($_->{name} => $_) } @{$form->{fields}};
    my %value = (%change);
    $value{agree}   //= $have{agree}{value} if $have{agree};
    $value{paymode} //= $paymode            if $have{paymode} && defined $paymode;
    return $self->submit(qr{step/order$}, \%value, go => 1);
}


# From the payment step to the bank's page, a card, and back to the shop. The button: "pay" or "cancel".
sub pay_card {
    my ($self, $number, $action) = @_;
    $self->submit(qr{vads-payment/$}, {}, go => 1);
    $self->submit(qr{vads-payment/pay$},
        {number => $number // '4970100000000000', expiry => '12/30', cvv => '123'}, action => $action // 'pay');
    return $self->back_from_bank;
}


# From the payment step to a provider's page of the double (t/bin/fake-providers), an outcome, and back.
sub pay_hosted {
    my ($self, $outcome) = @_;
    $self->submit(qr{^http:|step/payment$}, {}, go => 1);
    $self->submit(qr{^/page$}, {}, outcome => $outcome);
    my ($form) = grep { $_->{action} =~ m{/shop/pay/} } $self->{page}->forms;
    return $form ? $self->submit(qr{/shop/pay/}, {}) : $self->{page};
}


# The receipt of the bank leads back: by a link, or by a form that a browser sends.
sub back_from_bank {
    my ($self) = @_;
    return $self->{page} if $self->{path} !~ m{vads-payment};
    my ($form) = grep { $_->{action} =~ m{/shop/pay/} } $self->{page}->forms;
    return $self->submit(qr{/shop/pay/}, {}) if $form;
    return $self->follow(qr{vads-payment/back|/shop/pay/});
}


# Waits until the order's page says so.
sub wait_for_text {
    my ($self, $text, $seconds) = @_;
    my $path = $self->{path};
    my $end  = time + ($seconds // 15);
    while ($self->{page}->text !~ $text) {
        return 0 if time > $end;
        sleep 0.1;
        $self->open($path);
    }
    return 1;
}

1;
