package Shop::Qr;

# Reads a QR symbol as a telephone would, from the SVG that a page holds: versions 1 to 13, level M, one
# segment of bytes. Written from ISO/IEC 18004, not from the library that draws. It corrects no errors.

use strict;
use warnings;

use Carp qw(croak);
use Exporter qw(import);

our @EXPORT_OK = qw(qr_text);

my $MARGIN = 4;

# Centres of the alignment patterns, by version.
my @ALIGNMENT = ([], [], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46],
    [6, 28, 50], [6, 30, 54], [6, 32, 58], [6, 34, 62]);
# Level M: the number of data bytes of each block.
my @BLOCKS = ([], [16], [28], [44], [(32) x 2], [(43) x 2], [(27) x 4], [(31) x 4], [38, 38, 39, 39],
    [36, 36, 36, 37, 37], [(43) x 4, 44], [50, (51) x 4], [(36) x 6, 37, 37], [(37) x 8, 38]);
my @MASK = (
    sub { ($_[0] + $_[1]) % 2 == 0 }, sub { $_[0] % 2 == 0 }, sub { $_[1] % 3 == 0 }, sub { ($_[0] + $_[1]) % 3 == 0 },
    sub { (int($_[0] / 2) + int($_[1] / 3)) % 2 == 0 }, sub { $_[0] * $_[1] % 2 + $_[0] * $_[1] % 3 == 0 },
    sub { ($_[0] * $_[1] % 2 + $_[0] * $_[1] % 3) % 2 == 0 }, sub { (($_[0] + $_[1]) % 2 + $_[0] * $_[1] % 3) % 2 == 0 },
);


# The bytes in the first symbol of a page.
sub qr_text {
    my ($html) = @_;
    my ($side, $path) = $html =~ m{<svg[^>]*shop-qr[^>]*viewBox="0 0 (\d+) \1">.*?<path fill="\#000" d="([^"]*)"}s
        or croak 'no QR symbol';
    my $size = $side - 2 * $MARGIN;
    my @dark = map { [(0) x $size] } 1 .. $size;
    while ($path =~ /M(\d+) (\d+)h(\d+)v1/g) {
        my ($x, $y, $width) = ($1 - $MARGIN, $2 - $MARGIN, $3);
        @{$dark[$y]}[$x .. $x + $width - 1] = (1) x $width;
    }
    my $version = ($size - 17) / 4;
    $BLOCKS[$version] or croak "version $version";
    return text_of(codewords(\@dark, $version, mask_of(\@dark)), $version);
}


# The mask's number; the level must be M, whose two bits are 0.
sub mask_of {
    my ($dark) = @_;
    my @bits = ((map { $dark->[8][$_] } 0 .. 5, 7, 8), map { $dark->[$_][8] } 7, reverse 0 .. 5);
    my $format = oct('0b' . join '', @bits) ^ 0x5412;
    croak 'not of level M' if $format >> 13;
    return $format >> 10 & 7;
}


# Modules that hold no data.
sub is_pattern {
    my ($y, $x, $size, $version) = @_;
    return 1 if $y == 6 || $x == 6;
    return 1 if $y < 9 && ($x < 9 || $x >= $size - 8) || $x < 9 && $y >= $size - 8;
    return 1 if $version >= 7 && ($y < 6 && $x >= $size - 11 || $x < 6 && $y >= $size - 11);
    my @centre = @{$ALIGNMENT[$version]};
    for my $cy (@centre) {
        for my $cx (@centre) {
            next if $cy == 6 && ($cx == 6 || $cx == $centre[-1]) || $cx == 6 && $cy == $centre[-1];
            return 1 if abs($y - $cy) <= 2 && abs($x - $cx) <= 2;
        }
    }
    return 0;
}


# Two columns at a time, from the right, up and down in turn.
sub codewords {
    my ($dark, $version, $mask) = @_;
    my $size = @{$dark};
    my ($bits, $up) = ('', 1);
    for my $right (grep { $_ > 0 } map { $_ <= 6 ? $_ - 1 : $_ } map { $size - 1 - 2 * $_ } 0 .. ($size - 1) / 2) {
        for my $y ($up ? reverse 0 .. $size - 1 : 0 .. $size - 1) {
            for my $x ($right, $right - 1) {
                next if is_pattern($y, $x, $size, $version);
                $bits .= $dark->[$y][$x] ^ ($MASK[$mask]->($y, $x) ? 1 : 0);
            }
        }
        $up = !$up;
    }
    return pack 'B*', $bits;
}


# The blocks are dealt out byte by byte; corrections follow and are not needed here.
sub text_of {
    my ($words, $version) = @_;
    my @left  = @{$BLOCKS[$version]};
    my @block = map {''} @left;
    my $at = 0;
    for my $round (1 .. $left[-1]) {
        for my $n (grep { $left[$_] >= $round } 0 .. $#left) { $block[$n] .= substr $words, $at++, 1 }
    }
    my $bits = unpack 'B*', join '', @block;
    my $size = $version < 10 ? 8 : 16;
    croak 'not a segment of bytes' if substr($bits, 0, 4) ne '0100';
    my $length = oct '0b' . substr $bits, 4, $size;
    return pack 'B*', substr $bits, 4 + $size, 8 * $length;
}

1;
