-- What a shop decides about its front office, beside the table of shops.

alter table shop.shops add column if not exists presalenotification boolean not null default true;
comment on column shop.shops.presalenotification is 'the sales team is told of each order when it is launched';

alter table shop.shops add column if not exists guestknownemail text not null default 'ask_login'
    check (guestknownemail in ('ask_login', 'send_link', 'allow'));
comment on column shop.shops.guestknownemail is
    'a stranger gives the address of an account: ask_login, send_link (at once), allow (the order is taken, not the account)';

alter table shop.shops add column if not exists hideproductswhennotavailable boolean not null default false;
comment on column shop.shops.hideproductswhennotavailable is
    'a product that its handler refuses to a visitor is not shown to him; else it is, with the reason';
