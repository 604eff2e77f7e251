-- What the life of an instance keeps: who did what to it, and what is archived.

alter table shop.product_instances add column if not exists archivedat timestamptz;
comment on column shop.product_instances.archivedat is 'its effect was removed for good; null: it was not';
create index if not exists product_instances_user on shop.product_instances
    ((productiondata ->> 'userid')) where archivedat is null;

alter table shop.product_events add column if not exists actor text not null default '';
comment on column shop.product_events.actor is 'who did it; empty: the shop itself';
alter table shop.product_events add column if not exists key text unique;
comment on column shop.product_events.key is 'what the caller names it by; a second one with the same key is none';
alter table shop.product_events drop constraint if exists product_events_eventtype_check;
alter table shop.product_events add constraint product_events_eventtype_check
    check (eventtype in ('billed', 'update', 'delete', 'restore', 'expired', 'notified', 'assigned', 'released',
        'archived', 'owner', 'refreshed', 'requested', 'error'));
comment on column shop.product_events.eventtype is
    'billed, update, delete, restore, expired, notified, assigned, released, archived, owner, refreshed, requested, error';

-- Credits are spent and come back: the kinds of movements have grown.
do $$
declare
    old record;
begin
    for old in select conname from pg_constraint
               where conrelid = 'shop.credit_entries'::regclass and contype = 'c'
                 and pg_get_constraintdef(oid) like '%kind%' loop
        execute format('alter table shop.credit_entries drop constraint %I', old.conname);
    end loop;
end
$$;
alter table shop.credit_entries add column if not exists key text unique;
comment on column shop.credit_entries.key is 'of credits that were spent: what for; each only once';
alter table shop.credit_entries add constraint credit_entries_kind
    check (kind in ('bought', 'restored', 'spent', 'refunded', 'expired'));
alter table shop.credit_entries add constraint credit_entries_sign
    check ((kind in ('bought', 'restored')) = (amount > 0));
alter table shop.credit_entries add constraint credit_entries_source
    check ((kind = 'bought') = (jobid is not null) and (kind = 'spent') = (key is not null)
           and (kind in ('restored', 'refunded', 'expired')) = (entryid is not null));
comment on column shop.credit_entries.kind is 'bought, restored, spent, refunded, expired';
comment on column shop.credit_entries.entryid is 'movement that was taken back; each only once';
alter table shop.credit_entries add column if not exists billid bigint references shop.bills on delete restrict;
comment on column shop.credit_entries.billid is 'order that was paid with them, or that they came back from';
create unique index if not exists credit_entries_bill on shop.credit_entries (billid) where kind = 'spent';
alter table shop.credit_entries add column if not exists drawn jsonb;
comment on column shop.credit_entries.drawn is 'of credits that were spent: from which entries, [{entry, amount}]';

alter table shop.handlers add column if not exists once boolean not null default false;
comment on column shop.handlers.once is 'whoever has a live one does not buy a second';
update shop.handlers set once = true where name = 'std_unlockpdcertificate' and not once;
