-- Comments in one block per table, "column: what it is"; a column without a line stops the installation.

create or replace procedure pg_temp.describe(tab text, about text, columns text)
language plpgsql as $$
declare
    part text[];
    missing text;
begin
    execute format('comment on table shop.%I is %L', tab, about);
    for part in select regexp_match(line, '^\s*(\w+): (.+)$') from string_to_table(columns, E'\n') as line
                where line ~ '\S' loop
        execute format('comment on column shop.%I.%I is %L', tab, part[1], part[2]);
    end loop;
    select string_agg(attname, ', ') into missing
    from pg_attribute
    where attrelid = format('shop.%I', tab)::regclass and attnum > 0 and not attisdropped
      and col_description(attrelid, attnum) is null;
    if missing is not null then
        raise exception 'columns of % without comment: %', tab, missing;
    end if;
end
$$;
