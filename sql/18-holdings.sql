-- What handlers keep beyond the instances: which jobs a line has, credits.

alter table shop.handlers add column if not exists units text not null default 'unit'
    check (units in ('unit', 'line', 'seat'));
comment on column shop.handlers.units is
    'one job for each unit, for the line, or for each named person and one (unit 0) for the buyer';
insert into shop.handlers (name, maxquantity, units, about) values
    ('', 0, 'line', 'Sold and thanked for; delivered by hand'),
    ('std_enrolonecoursemultiple', 0, 'unit', 'Enrols the buyer in one course, as often as one likes'),
    ('std_assignroleoncontext', 1, 'unit', 'Gives a role somewhere on the site for a period'),
    ('std_extendenrolperiod', 0, 'unit', 'Pushes the end of an enrolment that was bought earlier'),
    ('std_prorogate', 0, 'unit', 'Pushes the end of anything that was bought earlier'),
    ('std_addquizattempts', 0, 'line', 'Allows the buyer more attempts in quizzes'),
    ('std_setuponecoursesession', 0, 'seat', 'Enrols people who are named, and the buyer as their supervisor'),
    ('std_generateseats', 0, 'line', 'Places that the buyer gives to people later'),
    ('std_addtrainingcredits', 0, 'line', 'Credits on the buyer''s account'),
    ('std_registeredproduct', 0, 'unit', 'Something outside Moodle; its reference is the licence key'),
    ('std_createcategory', 0, 'unit', 'Makes a course category of the buyer''s own'),
    ('std_createcourse', 0, 'unit', 'Makes a course of the buyer''s own, empty or from a model')
on conflict (name) do update set units = excluded.units, about = excluded.about;
alter table shop.handlers add column if not exists credits boolean not null default false;
comment on column shop.handlers.credits is 'its products can be paid with training credits (parameter credit_price)';
update shop.handlers set credits = true
where name in ('std_enrolonecourse', 'std_enrolonecoursemultiple') and not credits;

alter table shop.product_events add column if not exists jobid bigint unique
    references shop.jobs on delete set null;
comment on column shop.product_events.jobid is 'job that changed the instance; each only once';

create table if not exists shop.course_names (
    name text primary key check (length(name) between 1 and 255),
    jobid bigint not null references shop.jobs on delete cascade
);
call pg_temp.describe('course_names', 'Short names that are being used for courses: Moodle lets two callers have the same', $$
    name: short name
    jobid: job that makes the course
$$);

create table if not exists shop.credit_accounts (
    customerid bigint primary key references shop.customers on delete restrict,
    balance integer not null default 0 check (balance >= 0)
);
call pg_temp.describe('credit_accounts', 'Credits that customers have; the sum of their entries', $$
    customerid: whose
    balance: how many
$$);

create table if not exists shop.credit_entries (
    id bigint generated always as identity primary key,
    customerid bigint not null references shop.credit_accounts on delete restrict,
    amount integer not null check (amount <> 0),
    unspent integer not null default 0 check (unspent between 0 and greatest(amount, 0)),
    kind text not null check (kind in ('bought', 'refunded', 'expired')),
    jobid bigint unique references shop.jobs on delete restrict,
    entryid bigint unique references shop.credit_entries on delete restrict,
    label text not null default '',
    created timestamptz not null default now(),
    expires timestamptz,
    check ((kind = 'bought') = (jobid is not null and amount > 0)),
    check ((kind <> 'bought') = (entryid is not null and amount < 0))
);
create index if not exists credit_entries_expires on shop.credit_entries (expires) where unspent > 0;
call pg_temp.describe('credit_entries', 'Every movement of credits', $$
    id: key
    customerid: account
    amount: credits that came (+) or went (-)
    unspent: what is left of credits that came
    kind: bought, refunded, expired
    jobid: job that brought them; each only once
    entryid: credits that were taken back; each only once
    label: what was bought
    created: when
    expires: until when they can be spent; null: no limit
$$);
