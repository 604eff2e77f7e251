package Shop::Step;

# The pure room in a process of its own (t/tools/step.c), asked line by line.

use strict;
use warnings;

use Carp qw(croak);
use Cwd qw(abs_path);
use Fcntl qw(LOCK_EX);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use IPC::Open2 qw(open2);
use JSON::PP ();

my $TOP  = abs_path(dirname(__FILE__) . '/../../..');
my $json = JSON::PP->new->canonical->allow_nonref;


# Built by one of several tests that begin together; the others wait for it.
sub build {
    make_path("$TOP/build/t");
    open my $lock, '>', "$TOP/build/t/step.lock" or croak "step.lock: $!";
    flock $lock, LOCK_EX or croak "step.lock: $!";
    system('make', '-s', '-C', $TOP, 'build/t/step') == 0 or croak 'step could not be built';
    close $lock or croak "step.lock: $!";
    return;
}


sub new {
    my ($class) = @_;
    build();
    my $self = bless {}, $class;
    $self->{pid} = open2($self->{out}, $self->{in}, "$TOP/build/t/step");
    binmode $self->{$_}, ':encoding(UTF-8)' for qw(in out);
    return $self;
}


# Text of a question for text of an answer: documents pass through unread.
sub line {
    my ($self, $question) = @_;
    my $in = $self->{in};
    print {$in} $question, "\n" or croak "step: $!";
    $in->flush;
    my $line = readline $self->{out};
    croak 'step died' if !defined $line;
    chomp $line;
    return $line;
}


sub ask { my ($self, $question) = @_; return $json->decode($self->line($json->encode($question))) }


sub act {
    my ($self, $question) = @_;
    my %act;
    @act{qw(kind step function reason code unknown document body)} = split /\t/, $self->line($question), 8;
    return \%act;
}


sub DESTROY {
    my ($self) = @_;
    local ($?, $!);
    close $self->{in};
    waitpid $self->{pid}, 0;
    return;
}

1;
