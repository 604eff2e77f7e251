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
    ('std_prorogate', 0, 'unit', 'Pushes the end of anything that was bought earlier')
on conflict (name) do update set units = excluded.units, about = excluded.about;

alter table shop.product_events add column if not exists jobid bigint unique
    references shop.jobs on delete set null;
comment on column shop.product_events.jobid is 'job that changed the instance; each only once';
