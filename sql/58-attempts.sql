-- Attempts that were sold: what orders and actions have decided, so that nothing is given or taken twice.

create or replace function shop.attempts_target(p shop.product_instances, quiz text) returns integer
language plpgsql stable as $$
begin
    return (
        select coalesce(e.eventdata #> array['attempts', quiz], t.value) ->> 'target'
        from shop.product_instances i
        join shop.product_events e on e.productid = i.id
        left join lateral jsonb_array_elements(
            case e.eventtype when 'billed' then i.productiondata -> 'targets' end) as t on t.value ->> 'quiz' = quiz
        where i.customerid = p.customerid and i.contexttype = 'attempt'
          and i.productiondata ->> 'userid' = p.productiondata ->> 'userid'
          and coalesce(e.eventdata #> array['attempts', quiz], t.value) is not null
        order by coalesce((e.eventdata #>> array['attempts', quiz, 'at'])::timestamptz, e.datecreated) desc, e.id desc
        limit 1);
end
$$;
comment on function shop.attempts_target(shop.product_instances, text) is
    'How many attempts in a quiz the last order or action wanted the person of an instance to have';

create or replace function shop.attempts_taken(p shop.product_instances, quiz text) returns integer
language plpgsql stable as $$
declare
    e shop.product_events;
begin
    select x.* into e from shop.product_events x
    where x.productid = p.id and x.eventdata -> 'attempts' ? quiz
    order by (x.eventdata #>> array['attempts', quiz, 'at'])::timestamptz desc, x.id desc limit 1;
    if e.id is not null then
        return e.eventdata #>> array['attempts', quiz, 'taken'];
    end if;
    -- suspended before this was kept
    select x.* into e from shop.product_events x
    join shop.jobs j on j.actionid = x.id and j.phase = 'action' and j.state = 'done'
    where x.productid = p.id and x.eventtype in ('delete', 'restore') order by x.id desc limit 1;
    return case e.eventtype when 'delete' then p.productiondata ->> 'amount' end;
end
$$;
comment on function shop.attempts_taken(shop.product_instances, text) is
    'How many attempts in a quiz were taken back from an instance; null: it has what was sold';

create or replace function shop.ask_attempts_decided(j shop.jobs) returns jsonb
language plpgsql stable as $$
begin
    return (
        select jsonb_build_object('decided', coalesce(jsonb_object_agg(q ->> 'id', jsonb_build_object(
            'target', shop.attempts_target(p, q ->> 'id'), 'taken', shop.attempts_taken(p, q ->> 'id'))), '{}'))
        from shop.action_instance(j) p, jsonb_array_elements(p.productiondata -> 'quizzes') q);
end
$$;
comment on function shop.ask_attempts_decided(shop.jobs) is
    'Of the quizzes of an instance: what was decided last, and what was taken back';

create or replace function shop.ask_attempts_keep(j shop.jobs, asked jsonb) returns jsonb
language plpgsql volatile as $$
begin
    update shop.product_events e
    set eventdata = e.eventdata || jsonb_build_object('attempts', coalesce(e.eventdata -> 'attempts', '{}') || (
        select jsonb_object_agg(a.key, a.value || jsonb_build_object('at', now()))
        from jsonb_each(asked -> 'attempts') a))
    where e.id = j.actionid;
    return '{"kept": true}';
end
$$;
comment on function shop.ask_attempts_keep(shop.jobs, jsonb) is 'Keeps with the event of an action what it decides';
