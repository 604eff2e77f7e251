-- What the module may do: call these functions, nothing else.

revoke all on all tables in schema shop from public, shop_web;
revoke all on all functions in schema shop from public, shop_web;
grant execute on function
    shop.check_version(integer),
    shop.snapshot(jsonb), shop.place_orders(jsonb), shop.payments_apply(jsonb),
    shop.order_read(jsonb), shop.order_terms(jsonb), shop.order_confirm(jsonb), shop.order_paymode(jsonb),
    shop.customer_orders(jsonb), shop.mark_paid(jsonb), shop.bill_flow(jsonb),
    shop.figures(jsonb), shop.bill_recalculate(jsonb), shop.bill_ignoretax(jsonb), shop.line_relocate(jsonb),
    shop.attempt_start(jsonb), shop.attempt_returned(jsonb), shop.attempt_cancel(jsonb),
    shop.attempt_opened(jsonb),
    shop.reconcile_claim(jsonb), shop.reconcile_end(jsonb),
    shop.message_keep(jsonb), shop.messages_claim(jsonb), shop.message_end(jsonb),
    shop.refund_order(jsonb), shop.refund_settle(jsonb), shop.refund_claim(jsonb), shop.refund_end(jsonb),
    shop.customer_find(jsonb), shop.customer_save(jsonb), shop.login_request(jsonb),
    shop.certificate_verify(jsonb), shop.licence_verify(jsonb),
    shop.jobs_claim(jsonb), shop.job_step(jsonb), shop.job_end(jsonb), shop.instance_record(jsonb),
    shop.seats_read(jsonb), shop.seat_assign(jsonb), shop.seat_release(jsonb), shop.instance_operate(jsonb), shop.credit_spend(jsonb), shop.credits_read(jsonb), shop.credit_order(jsonb),
    shop.certificate_issue(jsonb), shop.job_ask(jsonb), shop.mails_claim(jsonb), shop.mail_done(jsonb), shop.mail_retry(jsonb),
    shop.site_made(jsonb), shop.job_by_hand(jsonb), shop.hosts_taken(jsonb),
    shop.lti_secret(jsonb), shop.lti_launch(jsonb), shop.lti_state(jsonb), shop.lti_tool(jsonb), shop.lti_renew(jsonb),
    shop.site_needs(jsonb), shop.site_refused(jsonb), shop.availability_ask(jsonb),
    shop.registrar_run(jsonb), shop.invoices_verify(jsonb), shop.housekeeping(jsonb)
to shop_web;
reset role;
