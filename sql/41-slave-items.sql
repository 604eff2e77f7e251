-- Every code of a slave catalogue exists in its master (objects.md 3.2).

create or replace function shop.item_of_slave() returns trigger
language plpgsql as $$
declare
    master bigint;
begin
    select c.groupid into master from shop.catalogs c where c.id = new.catalogid and c.groupid <> c.id;
    if coalesce(master, 0) = 0
       or exists (select from shop.items i where i.catalogid = master and i.code = new.code) then
        return new;
    end if;
    insert into shop.items
    select (jsonb_populate_record(null::shop.items, to_jsonb(new) || jsonb_build_object(
        'id', nextval(pg_get_serial_sequence('shop.items', 'id')), 'catalogid', master, 'seoalias', '',
        'setid', (select m.id from shop.items m join shop.items s on s.code = m.code
                  where s.id = new.setid and m.catalogid = master)))).*;
    new.idnumber := '';
    return new;
end
$$;
comment on function shop.item_of_slave() is 'An item made in a slave catalogue gets its master copy, which keeps the idnumber';
create or replace trigger master before insert on shop.items
    for each row execute function shop.item_of_slave();

create or replace function shop.item_of_master() returns trigger
language plpgsql as $$
begin
    delete from shop.items i using shop.catalogs c
    where c.groupid = old.catalogid and c.id <> old.catalogid and i.catalogid = c.id and i.code = old.code;
    return old;
end
$$;
comment on function shop.item_of_master() is 'With an item of a master catalogue go its local copies';
create or replace trigger copies after delete on shop.items
    for each row execute function shop.item_of_master();
