package Shop::Source;

# The tree as the lints see it: tracked and new files, their text, C without comments and strings.

use strict;
use warnings;

use Cwd qw(abs_path);
use Exporter qw(import);
use File::Basename qw(dirname);

our @EXPORT_OK = qw(code files functions slurp top);

my $top = abs_path(dirname(__FILE__) . '/../../..');


sub top
{
    return $top;
}


# Paths relative to the top that match, ignored files left out.
sub files
{
    my ($pattern) = @_;
    my %seen;
    my @found = split /\0/, qx(git -C "$top" ls-files -z --cached --others --exclude-standard);

    @found = sort grep { $_ =~ $pattern && -f "$top/$_" && !$seen{$_}++ } @found;

    return @found;
}


sub slurp
{
    my ($file) = @_;
    open my $in, '<:raw', "$top/$file" or die "$file: $!\n";
    local $/ = undef;
    my $text = <$in>;
    close $in or die "$file: $!\n";

    return $text;
}


# The text with comments and the insides of literals blanked; lines stay where they were.
sub code
{
    my ($file) = @_;
    my $text   = slurp($file);
    my $blank  = sub { my ($s) = @_; $s =~ s/[^\n]/ /g; return $s };

    $text =~ s{(/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')}
              {substr($1, 0, 1) eq '/' ? $blank->($1) : substr($1, 0, 1) . $blank->(substr $1, 1, -1) . substr($1, 0, 1)}gsex;

    return $text;
}


# [name, first line, lines from brace to brace] of each function; the layout of clang-format has
# their braces, and no others, in the first column.
sub functions
{
    my ($file) = @_;
    my ($name, $start, $number, @found) = (q{}, 0, 0);

    for my $line (split /\n/, code($file)) {
        $number++;
        if ($line =~ /^\w.*?(\w+)\(/) {
            $name = $1;
        }
        if ($line =~ /^\{/) {
            $start = $number;
        }
        if ($line =~ /^\}\s*$/ && $start) {
            push @found, [$name, $start, $number - $start + 1];
            $start = 0;
        }
    }

    return @found;
}

1;
