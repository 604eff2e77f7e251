-- What the selling rules keep beside the catalogue: switches, uses of codes, sales of partners.

alter table shop.shops add column if not exists useshipping boolean not null default false;
comment on column shop.shops.useshipping is 'shipping is charged';

alter table shop.shipping_zones add column if not exists translations jsonb not null default '{}'
    check (jsonb_typeof(translations) = 'object');
comment on column shop.shipping_zones.translations is '{"fr": {"description"}}';

alter table shop.discounts add column if not exists translations jsonb not null default '{}'
    check (jsonb_typeof(translations) = 'object');
comment on column shop.discounts.translations is '{"fr": {"argument"}}';

alter table shop.bill_items add column if not exists fulltaxed numeric(14, 3);
comment on column shop.bill_items.fulltaxed is 'taxed total while the bill ignores taxes; null: it does not';

create table if not exists shop.code_counts (
    discountid bigint primary key references shop.discounts on delete cascade,
    used integer not null default 0 check (used >= 0)
) with (fillfactor = 50);
call pg_temp.describe('code_counts', 'How often the code of a discount with limits is in use: the lock of those who want it', $$
    discountid: discount
    used: orders that have it, without those that came to nothing
$$);

create table if not exists shop.code_uses (
    id bigint generated always as identity primary key,
    discountid bigint not null references shop.discounts on delete cascade,
    transid text not null references shop.bills (transid) on update cascade on delete cascade
        deferrable initially deferred,
    code text not null check (length(code) between 1 and 32),
    email text not null,
    released boolean not null default false,
    unique (transid, discountid)
);
create index if not exists code_uses_email on shop.code_uses (discountid, email) where not released;
call pg_temp.describe('code_uses', 'Orders that have a code with limits', $$
    id: key
    discountid: discount
    transid: order
    code: the code, as the discount has it
    email: the buyer's address in small letters
    released: the order was cancelled, refused or failed: the use does not count
$$);

create table if not exists shop.partner_sales (
    id bigint generated always as identity primary key,
    partnerid bigint not null references shop.partners on delete cascade,
    currency text not null,
    test boolean not null,
    code text not null default '',
    orders bigint not null default 0,
    units numeric(15, 3) not null default 0,
    turnover numeric(17, 3) not null default 0
);
create index if not exists partner_sales_partner on shop.partner_sales (partnerid, currency);
call pg_temp.describe('partner_sales', 'What buyers of partners have paid: rows that add up, so that sales do not wait for each other', $$
    id: key
    partnerid: partner
    currency: ISO 4217 code
    test: of orders made in test mode
    code: product; empty: whole orders
    orders: orders; negative when taken back
    units: units of the product
    turnover: without taxes, discounts taken off
$$);
