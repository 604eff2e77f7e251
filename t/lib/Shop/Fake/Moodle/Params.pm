package Shop::Fake::Moodle::Params;

# PHP's nested form fields, and Moodle's strict check of them: unknown keys, missing keys and
# values that change when cleaned are all refused with `invalidparameter`.

use strict;
use warnings;

use Exporter qw(import);

our $VERSION   = 1;
our @EXPORT_OK = qw(nest check refuse);

sub refuse {
    my ( $errorcode, $message, $class ) = @_;
    $errorcode ||= 'invalidparameter';
    my %known = (
        invalidparameter => [ 'core\\exception\\invalid_parameter_exception', 'Invalid parameter value detected' ],
        nopermissions    => [
            'core\\exception\\required_capability_exception',
            'Sorry, but you do not currently have permissions to do that.'
        ],
        requireloginerror => [ 'core\\exception\\require_login_exception', 'Course or activity not accessible.' ],
        accessexception   => [ 'webservice_access_exception',               'Access control exception' ],
        invalidrecord     => [ 'dml_missing_record_exception',              "Can't find data record in database." ],
        invaliduser       => [ 'dml_missing_record_exception',              'Invalid user' ],
        dmlwriteexception => [ 'dml_write_exception',                       'Error writing to database' ],
        dmlreadexception  => [ 'dml_read_exception',                        'Error reading from database' ],
        codingerror       => [ 'core\\exception\\coding_exception', 'Coding error detected, it must be fixed by a programmer' ],
    );
    my $defaults = $known{$errorcode} || [ 'core\\exception\\moodle_exception', $errorcode ];
    die {
        exception => $class   || $defaults->[0],
        errorcode => $errorcode,
        message   => $message || $defaults->[1],
    };
}

# a[0][b]=c into nested hashes; hashes whose keys are numbers become lists.
sub nest {
    my (@pairs) = @_;
    my %tree;
    for my $pair (@pairs) {
        my ( $name, $value ) = @{$pair};
        my ( $head, $rest )  = $name =~ /^([^\[\]]+)((?:\[[^\[\]]*\])*)$/ or next;
        my @path = ( $head, $rest =~ /\[([^\[\]]*)\]/g );
        my $last = pop @path;
        my $node = \%tree;
        for my $part (@path) {
            $node->{$part} = {} if ref $node->{$part} ne 'HASH';
            $node = $node->{$part};
        }
        $node->{$last} = $value;
    }
    return _lists( \%tree );
}

sub _lists {
    my ($node) = @_;
    return $node if ref $node ne 'HASH';
    $_ = _lists($_) for values %{$node};
    my @keys = sort keys %{$node};
    return $node if !@keys || grep { !/^\d+$/ } @keys;
    return [ map { $node->{$_} } sort { $a <=> $b } @keys ];
}

# A description: 'int', 'bool', 'text', 'raw', 'alpha', 'username', with `*` when mandatory;
# [description] is a list; {name => description} a structure.
sub check {
    my ( $what, $value ) = @_;
    if ( ref $what eq 'ARRAY' ) {
        refuse() if ref $value ne 'ARRAY';
        return [ map { check( $what->[0], $_ ) } @{$value} ];
    }
    return _structure( $what, $value ) if ref $what eq 'HASH';
    return _scalar( $what, $value );
}

sub _structure {
    my ( $what, $value ) = @_;
    refuse() if ref $value ne 'HASH';
    my %described = map { ( my $plain = $_ ) =~ s/[*]$//; ( $plain => $_ ) } keys %{$what};
    for my $name ( keys %{$value} ) {
        refuse() if !$described{$name};
    }
    my %clean;
    for my $name ( keys %described ) {
        my $mandatory = $described{$name} =~ /[*]$/;
        if ( !exists $value->{$name} ) {
            refuse() if $mandatory;
            next;
        }
        $clean{$name} = check( $what->{ $described{$name} }, $value->{$name} );
    }
    return \%clean;
}

sub _scalar {
    my ( $type, $value ) = @_;
    refuse() if ref $value;
    my %form = (
        int      => qr/^-?\d{1,18}$/,
        bool     => qr/^[01]$/,
        alpha    => qr/^[A-Za-z_]*$/,
        username => qr/^[a-z0-9_.@-]+$/,
        text     => qr/^[^<\0]*$/,
        raw      => qr/^[^\0]*$/s,
    );
    refuse() if $value !~ $form{$type};
    return $type eq 'int' || $type eq 'bool' ? $value + 0 : $value;
}

1;
