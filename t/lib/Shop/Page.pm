package Shop::Page;

# A page as a browser without JavaScript sees it: its forms with their fields, its links, its text.

use strict;
use warnings;

use Carp qw(croak);
use HTML::TokeParser;


sub new {
    my ($class, $answer) = @_;
    my $self = bless {answer => $answer, forms => [], links => [], text => '', by_id => {}}, $class;
    my $html = $answer->{body};
    utf8::decode($html);
    $self->read_tokens(HTML::TokeParser->new(\$html));
    $self->adopt;
    return $self;
}


sub status { return $_[0]{answer}{status} }
sub text   { return $_[0]{text} }
sub links  { return @{$_[0]{links}} }
sub forms  { return @{$_[0]{forms}} }


sub read_tokens {
    my ($self, $parser) = @_;
    my $state = {form => undef, select => undef, textarea => undef, skip => 0};

    while (my $token = $parser->get_token) {
        my $type = $token->[0];
        if    ($type eq 'S') { $self->start_tag($state, $token->[1], $token->[2], $parser) }
        elsif ($type eq 'E') { end_tag($state, $token->[1]) }
        elsif ($type eq 'T' && !$state->{skip} && !$state->{select}) {
            my $text = HTML::Entities::decode($token->[1]);
            $self->{text} .= $text;
        }
    }
    $self->{text} =~ s/\s+/ /g;
    return;
}


sub start_tag {
    my ($self, $state, $tag, $attr, $parser) = @_;

    if (defined $attr->{id} && $attr->{id} =~ /-error$/) {
        my @next = $parser->get_token;
        $self->{by_id}{$attr->{id}} = HTML::Entities::decode($next[0][1]) if $next[0][0] eq 'T';
        $parser->unget_token(@next);
    }

    if ($tag eq 'form') {
        $state->{form} = {action => $attr->{action} // '', method => uc($attr->{method} // 'GET'),
            id => $attr->{id} // '', fields => []};
        push @{$self->{forms}}, $state->{form};
    }
    elsif ($tag eq 'a' && defined $attr->{href}) {
        push @{$self->{links}}, {href => $attr->{href}, text => $parser->get_trimmed_text('/a')};
        $self->{text} .= $self->{links}[-1]{text} . ' ';
    }
    elsif ($tag eq 'option' && $state->{select}) {
        my $value = $attr->{value} // $parser->get_trimmed_text('/option');
        push @{$state->{select}{options}}, $value;
        $state->{select}{value} = $value if exists $attr->{selected} || !defined $state->{select}{value};
    }
    elsif ($tag =~ /^(?:input|select|textarea|button)$/) {
        $self->add_field($state, $tag, $attr, $parser);
    }
    elsif ($tag =~ /^(?:script|style)$/) {
        $state->{skip} = 1;
    }
    return;
}


sub end_tag {
    my ($state, $tag) = @_;
    $state->{form}   = undef if $tag eq 'form';
    $state->{select} = undef if $tag eq 'select';
    $state->{skip}   = 0     if $tag =~ /^(?:script|style)$/;
    return;
}


sub add_field {
    my ($self, $state, $tag, $attr, $parser) = @_;
    my $field = {
        name     => $attr->{name}, value => $attr->{value},
        type     => $tag eq 'input' ? lc($attr->{type} // 'text') : $tag,
        checked  => exists $attr->{checked}, disabled => exists $attr->{disabled},
        owner    => $attr->{form}, form => $state->{form},
    };
    $field->{value} //= $field->{type} =~ /^(?:checkbox|radio)$/ ? 'on' : '' if $tag eq 'input';
    $field->{value} = $parser->get_text('/textarea') if $tag eq 'textarea';
    if ($tag eq 'button') {
        $field->{type} = lc($attr->{type} // 'submit');
        $field->{label} = $parser->get_trimmed_text('/button');
        $self->{text} .= $field->{label} . ' ';
    }
    $state->{select} = $field if $tag eq 'select';
    push @{$self->{fields}}, $field;
    return;
}


# Fields name their form by the attribute or by where they stand.
sub adopt {
    my ($self) = @_;
    my %by_id = map { ($_->{id} => $_) } grep { $_->{id} ne '' } $self->forms;
    for my $field (@{$self->{fields} // []}) {
        my $form = defined $field->{owner} ? $by_id{$field->{owner}} : $field->{form};
        push @{$form->{fields}}, $field if $form && defined $field->{name} && !$field->{disabled};
    }
    return;
}


# What stands beside a field because of what was typed into it.
sub error_of {
    my ($self, $id) = @_;
    return $self->{by_id}{"$id-error"};
}


# The first form whose action matches, and that has all these fields.
sub form {
    my ($self, $action, @names) = @_;
    for my $form ($self->forms) {
        next if $form->{action} !~ $action;
        next if grep { my $n = $_; !grep { $_->{name} eq $n } @{$form->{fields}} } @names;
        return $form;
    }
    return;
}


# What the browser would send after typing these values and pressing this button (name, value).
sub filled {
    my ($self, $form, $values, $button) = @_;
    my %values = %{$values // {}};
    my @pairs;

    for my $field (@{$form->{fields}}) {
        my ($name, $type, $value) = @{$field}{qw(name type value)};
        next if $type =~ /^(?:submit|button|reset|image)$/;
        if ($type =~ /^(?:checkbox|radio)$/) {
            my $wanted = exists $values{$name}
                ? (defined $values{$name} && ($values{$name} eq $value || $values{$name} eq '1' && $type eq 'checkbox'))
                : $field->{checked};
            push @pairs, $name, $value if $wanted;
        }
        else {
            push @pairs, $name, exists $values{$name} ? $values{$name} : $value // '';
        }
    }

    my %known = map { ($_->{name} => 1) } @{$form->{fields}};
    for my $name (keys %values) {
        croak "the form has no field $name" if !$known{$name};
    }
    push @pairs, @{$button} if $button;
    return \@pairs;
}

1;
