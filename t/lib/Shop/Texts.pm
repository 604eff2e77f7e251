package Shop::Texts;

# The sentences of the theme, as patterns: tests name them by their key, so that better words break
# nothing.

use strict;
use warnings;

use Carp qw(croak);
use Exporter qw(import);
use JSON::PP qw(decode_json);

use Shop::Test qw(slurp top);

our @EXPORT_OK = qw(pattern);

my %texts;


# The sentence with its values ({$a} is `a`); what has no value may be anything.
sub pattern {
    my ($lang, $key, %value) = @_;
    $texts{$lang} //= decode_json(slurp(top() . "/src/view/theme/lang/$lang.json"));
    my $text = $texts{$lang}{$key} // croak "no text $key in $lang";
    my $pattern = '';
    for my $part (split /(\{\$a(?:->\w+)?\})/, $text) {
        my ($name) = $part =~ /^\{\$a(?:->(\w+))?\}$/;
        if ($part !~ /^\{\$a/) { $pattern .= words($part) }
        else { $name //= 'a'; $pattern .= defined $value{$name} ? words($value{$name}) : '.*?' }
    }
    return qr/$pattern/;
}


# White space of every kind is the same on a page.
sub words {
    my ($text) = @_;
    return join '\s+', map { quotemeta } split /\s+/, $text, -1;
}

1;
