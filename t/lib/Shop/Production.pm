package Shop::Production;

# Drives the jobs of one order as src/work/job_run.c does: the steps of the pure room, the real SQL
# functions, the double of Moodle in this process. A fault may strike at any act; afterwards the job
# is claimed again, as by another worker, or restarted by an operator. Everything happens in one
# transaction and can be taken back.

use strict;
use warnings;

use Carp qw(croak);
use Data::Dumper ();
use JSON::PP ();
use Storable qw(dclone);

use Shop::Fake::Moodle;
use Shop::Fake::Web;
use Shop::Step;

my $text = JSON::PP->new->canonical->allow_nonref;
my $saved = 0;

# One code of each class of refusals.
our %CLASSES = (
    temporary => 'sitemaintenance', gate    => 'invalidtoken',  rights => 'nopermissions',
    missing   => 'invalidrecord',   collision => 'shortnametaken', input  => 'usernamelowercase',
    unknown   => 'somethingelse',
);


# The same, as the provisioner says it.
my %STATUS = (sitemaintenance => 503, invalidtoken => 401, nopermissions => 403, invalidrecord => 404,
    shortnametaken => 409, usernamelowercase => 422);


sub new {
    my ($class, %option) = @_;
    return bless {
        dbh    => $option{dbh},
        step   => Shop::Step->new,
        moodle => Shop::Fake::Moodle->new(seed => $option{seed}),
        now    => $option{now} // time,
        alone  => 'false',    # true: there is no provisioner
    }, $class;
}


sub step  { return $_[0]{step} }
sub state { return $_[0]{moodle}{state} }
sub dbh   { return $_[0]{dbh} }


# Text of a document for text of a document.
sub raw {
    my ($self, $function, $argument) = @_;
    my ($answer) = $self->{dbh}->selectrow_array("select shop.$function(?::jsonb)", undef, $argument);
    return $answer;
}


sub sql {
    my ($self, $function, $argument) = @_;
    my $answer = $self->raw($function, $text->encode($argument));
    return defined $answer ? $text->decode($answer) : undef;
}


# --- going back, once to each mark ---

sub mark {
    my ($self) = @_;
    my $name = 's' . ++$saved;
    $self->{dbh}->do("savepoint $name");
    return {name => $name, moodle => dclone({%{$self->state}})};
}


sub back {
    my ($self, $mark) = @_;
    $self->{dbh}->do("rollback to savepoint $mark->{name}; release savepoint $mark->{name}");
    %{$self->state} = %{$mark->{moodle}};
    return;
}


# --- one job ---

# The documents of a run are kept as texts.
sub claim {
    my ($self, $id) = @_;
    my %run = (id => $id);
    @run{qw(token handler seat inputs outputs progress unknown tries)} = $self->{dbh}->selectrow_array(
        q{select c ->> 'token', c #>> '{inputs,handler}', (c #> '{inputs,seat}' is not null)::integer, c -> 'inputs', c -> 'steps', c -> 'progress', c -> 'unknown',
            c -> 'tries' from shop.job_claim(?, 'w', '10 minutes') as c}, undef, $id);
    croak "job $id cannot be claimed" if !defined $run{token};
    $run{unknown} = 'true' if defined $run{progress};
    return \%run;
}


sub question {
    my ($self, $run, $do, $more) = @_;
    return sprintf '{"do":"%s","handler":"%s","job":{"inputs":%s,"outputs":%s,"progress":%s,"unknown":%s,"tries":%d,'
        . '"now":%d,"alone":%s,"random":"%d.%d"}%s}', $do, @{$run}{qw(handler inputs outputs)}, $run->{progress} // 'null',
        $run->{unknown}, $run->{tries}, @{$self}{qw(now alone)}, @{$run}{qw(id token)}, defined $more ? ",$more" : q{};
}


# The worker died: its lease ends, another one takes over.
sub crash {
    my ($self, $run) = @_;
    $self->{dbh}->do(q{update shop.jobs set nexttry = now() - interval '1 s' where id = ?}, undef, $run->{id});
    return $self->claim($run->{id});
}


# A person looked at it, and the step begins anew.
sub restart {
    my ($self, $run) = @_;
    $self->{dbh}->do(q{update shop.jobs set progress = null where id = ?}, undef, $run->{id});
    return $self->claim($run->{id});
}


sub is_outside { return $_[0]{kind} =~ /^(?:call|instance|issue|ask)$/ }


# Does what an act says; gives the answer as the pure room reads it.
sub perform {
    my ($self, $run, $act) = @_;
    return $self->provision($act) if $act->{function} =~ /^provisioner_/;
    if ($act->{kind} eq 'call') {
        croak "$act->{function}: not encodable: $act->{document}" if $act->{body} eq q{};
        my @pairs = Shop::Fake::Web::pairs($act->{body});
        my %field = map { $_->[0] => $_->[1] } @pairs;
        return said($act, 200, $text->encode($self->{moodle}->_answer($act->{function}, \%field, \@pairs)));
    }
    my %function = (instance => 'instance_record', issue => 'certificate_issue', ask => 'job_ask');
    my $argument = qq({"job":$run->{id},"token":$run->{token}) . ($act->{document} eq '{}' ? '}' : q{,} . substr $act->{document}, 1);
    return '"answer":{"json":' . $self->raw($function{$act->{kind}}, $argument) . '}';
}


# The double of the provisioner: a site is being made when it is asked for the first time.
sub provision {
    my ($self, $act) = @_;
    my $given = $text->decode($act->{document});
    my $sites = $self->state->{sites} //= {};
    my $site  = $sites->{$given->{reference}};
    my ($verb) = $act->{function} =~ /_(\w+)$/;
    if ($verb eq 'put') {
        my $wanted = $given->{instance};
        return said($act, 409, '{}') if grep { $_ ne $given->{reference} && $sites->{$_}{host} eq $wanted->{host} } keys %{$sites};
        my $site = $sites->{$given->{reference}} //= {asked => 0, state => 'creating'};
        %{$site} = (%{$site}, %{$wanted});
        return said($act, 202, '{"state":"creating"}');
    }
    return said($act, 404, '{}') if !$site;
    $site->{state} = 'ready' if $verb eq 'get' && !$self->state->{slow_sites} && $site->{asked}++ && $site->{state} eq 'creating';
    $site->{state} = {suspend => 'suspended', resume => 'ready', delete => 'deleted'}->{$verb} // $site->{state};
    return said($act, 200, $text->encode({state => $site->{state}, url => "https://$site->{host}.$site->{domain}"}));
}


sub said {
    my ($act, $status, $body) = @_;
    return qq("answer":{"function":"$act->{function}","status":$status,"body":) . $text->encode($body) . '}';
}


sub refusal {
    my ($act, $code) = @_;
    return said($act, 503, '<html>') if $code eq 'http503';
    return said($act, $STATUS{$code} // 418, '{}') if $act->{function} =~ /^provisioner_/;
    return said($act, 200, qq({"exception":"moodle_exception","errorcode":"$code","message":"x"}));
}


sub keep {
    my ($self, $run, $act) = @_;
    my $done = $act->{kind} eq 'done';
    $self->raw('job_step', sprintf '{"job":%d,"token":%d,"step":"%s","done":%s,"output":%s}', @{$run}{qw(id token)},
        $act->{step}, $done ? 'true' : 'false', $act->{document});
    $run->{progress} = $done ? undef : $act->{document};
    if ($done) {
        my $output = qq("$act->{step}":$act->{document});
        $run->{outputs} = $run->{outputs} eq '{}' ? "{$output}" : substr($run->{outputs}, 0, -1) . ",$output}";
    }
    @{$run}{qw(unknown tries)} = ('false', 0);
    return;
}


sub hand_back {
    my ($self, $run, %end) = @_;
    my $answer = $self->sql('job_end', {job => $run->{id}, token => $run->{token}, step => $end{step}, code => undef,
        reason => $end{reason}, state => $end{state}, tried => $end{tried} ? JSON::PP::true : JSON::PP::false,
        unknown => $end{unknown} ? JSON::PP::true : JSON::PP::false, delay_ms => 0, feedback => $end{feedback}});
    croak "job_end: $answer->{verdict}" if $answer->{verdict} ne 'ok';
    return;
}


# Until the end or an act that hands the job back. `fault`: {kind, code} for the first act outside;
# `each`: called before every act outside, with the run and the act. Gives the last act.
sub drive {
    my ($self, $run, %option) = @_;
    my $fault = $option{fault};
    for (1 .. 500) {
        my $act = $self->{step}->act($self->question($run, 'build'));
        return $act if $act->{kind} =~ /^(?:end|unknown_handler)$/;
        if (is_outside($act)) {
            $option{each}->($run, $act) if $option{each};
            my $strikes = $fault;
            undef $fault;
            my $answer = $self->strike($run, $act, $strikes) or return {%{$act}, kind => 'crash'};
            $act = $self->{step}->act($self->question($run, 'read', $answer));
        }
        return $act if $act->{kind} !~ /^(?:done|more)$/;
        $self->keep($run, $act);
    }
    croak "job $run->{id} turns in a circle";
}


# An act outside with or without a fault; nothing: the worker died.
sub strike {
    my ($self, $run, $act, $fault) = @_;
    my $kind = $fault ? $fault->{kind} : 'none';
    return refusal($act, $fault->{code}) if $kind eq 'refused';
    return if $kind eq 'crash_before';
    my $answer = $kind eq 'not_done' ? undef : $self->perform($run, $act);
    return if $kind eq 'crash_after';
    return $kind eq 'none' ? $answer : said($act, 0, q{});
}


# The rest of a job after a fault: claimed or restarted as often as needed. Gives the kinds of the acts
# that it was handed back with.
sub finish {
    my ($self, $run, %option) = @_;
    my @back;
    local $self->{now} = $self->{now};
    for (1 .. 8) {
        my $act = $self->drive($run, %option);
        delete $option{fault};
        if ($act->{kind} eq 'end') {
            $self->hand_back($run, state => 'done', feedback => $text->decode($self->{step}->line($self->question($run, 'feedback', '"event":"done"'))));
            return @back;
        }
        push @back, $act->{kind};
        $self->{now} += 3600 if $act->{kind} eq 'wait';
        if ($act->{kind} eq 'crash') {
            $run = $self->crash($run);
            next;
        }
        $self->hand_back($run, step => $act->{step}, reason => $act->{reason},
            state => $act->{kind} =~ /^(?:blocked|manual)$/ ? $act->{kind} : $act->{kind} eq 'wait' ? 'waiting' : 'pending',
            tried => $act->{kind} eq 'retry', unknown => $act->{unknown});
        $run = $act->{kind} =~ /^(?:blocked|manual)$/ ? $self->restart($run) : $self->claim($run->{id});
    }
    return (@back, 'never');
}


# --- what came of it ---

my %worlds = (
    instances => q{select contexttype, instanceid, element, unit, startdate, enddate, productiondata, deleted
        from shop.product_instances order by contexttype, element, unit, id},
    events => q{select p.unit, e.eventtype, e.eventdata from shop.product_events e
        join shop.product_instances p on p.id = e.productid order by p.unit, e.id},
    schedules => q{select s.action, s.dueat, s.doneat is not null as done from shop.schedules s order by 1, 2},
    certificates => q{select holder, course from shop.certificates order by 1, 2},
    credits => q{select kind, amount, unspent, expires from shop.credit_entries order by id},
    balances => q{select balance from shop.credit_accounts order by customerid},
    told => q{select template, toaddress from shop.mails where template in ('seat_given', 'site_made') order by 1, 2},
    jobs => q{select phase, unit, state from shop.jobs order by id},
);


# Everything that production leaves behind.
sub world {
    my ($self) = @_;
    my %world;
    for my $name (keys %worlds) {
        $world{$name} = $self->{dbh}->selectall_arrayref($worlds{$name}, {Slice => {}});
        for my $row (@{$world{$name}}) {
            for (grep { defined && /^[{\[]/ } values %{$row}) {
                $_ = $text->decode($_);
            }
        }
    }
    my $state = $self->state;
    $world{moodle} = {map { $_ => $state->{$_} }
        qw(users courses enrolments groups assignments categories overrides sites)};
    return \%world;
}


# Courses that were made have ranks for ids: one that was made again has another id.
sub made_courses {
    my ($all, $state) = @_;
    my $rank = 0;
    for my $made (grep { defined $_->{categoryid} } $state->courses) {
        my $name = 'COURSE-' . ++$rank;
        $all =~ s/"\Q$made->{id}\E" => \{/"$name" => {/g;
        $all =~ s/"((?:course)?id|instanceid)" => "?\Q$made->{id}\E"?,/"$1" => $name,/g;
        $all =~ s{/\Q$made->{id}\E" =>}{/$name" =>}g;
    }
    return $all;
}


# As one text; references are replaced by their rank, clocks by nothing.
sub world_text {
    my ($self) = @_;
    local ($Data::Dumper::Sortkeys, $Data::Dumper::Indent, $Data::Dumper::Terse, $Data::Dumper::Useqq) = (1, 1, 1, 1);
    my $all = Data::Dumper::Dumper($self->world);
    my %rank;
    $all =~ s/\b((?:[0-9A-Z]{4}-){3}[0-9A-Z]{4})\b/$rank{$1} \/\/= 'REFERENCE-' . (1 + keys %rank)/ge;
    $all =~ s/"asked" => \d+/"asked" => 0/g;
    $all =~ s/"created" => "?\d+"?/"created" => 0/g;
    $all = made_courses($all, $self->state);
    $all =~ s/=> "(-?\d{1,15})"/=> $1/g;
    return $all;
}

1;
