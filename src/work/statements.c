/*
 * The table behind statements.h.
 */

#include "work/statements.h"

#define CALL(function)                                                                             \
    .name = "shop_" function, .text = "SELECT shop." function "($1::jsonb)", .params = 1

const shop_pg_statement_t shop_sql_statements[SHOP_SQL_COUNT] = {
    [SHOP_SQL_PAYMENTS_APPLY] = {CALL("payments_apply")},
    [SHOP_SQL_JOBS_CLAIM] = {CALL("jobs_claim")},
    [SHOP_SQL_JOB_STEP] = {CALL("job_step")},
    [SHOP_SQL_JOB_END] = {CALL("job_end")},
    [SHOP_SQL_INSTANCE_RECORD] = {CALL("instance_record")},
    [SHOP_SQL_CERTIFICATE_ISSUE] = {CALL("certificate_issue")},
    [SHOP_SQL_JOB_ASK] = {CALL("job_ask")},
    [SHOP_SQL_MAILS_CLAIM] = {CALL("mails_claim")},
    [SHOP_SQL_MAIL_DONE] = {CALL("mail_done")},
    [SHOP_SQL_MAIL_RETRY] = {CALL("mail_retry")},
    [SHOP_SQL_REGISTRAR_RUN] = {CALL("registrar_run")},
    [SHOP_SQL_HOUSEKEEPING] = {CALL("housekeeping")},
    [SHOP_SQL_RECONCILE_CLAIM] = {CALL("reconcile_claim")},
    [SHOP_SQL_RECONCILE_END] = {CALL("reconcile_end")},
    [SHOP_SQL_REFUND_CLAIM] = {CALL("refund_claim")},
    [SHOP_SQL_REFUND_END] = {CALL("refund_end")},
    [SHOP_SQL_MESSAGE_KEEP] = {CALL("message_keep")},
    [SHOP_SQL_MESSAGES_CLAIM] = {CALL("messages_claim")},
    [SHOP_SQL_MESSAGE_END] = {CALL("message_end")},
    [SHOP_SQL_SNAPSHOT] = {.name = "shop_snapshot",
                           .text = "SELECT kind, doc FROM shop.snapshot($1::jsonb)",
                           .params = 1,
                           .read_only = true},
    [SHOP_SQL_PLACE_ORDERS] = {CALL("place_orders")},
    [SHOP_SQL_ORDER_READ] = {CALL("order_read"), .read_only = true},
    [SHOP_SQL_ORDER_TERMS] = {CALL("order_terms"), .read_only = true},
    [SHOP_SQL_ORDER_CONFIRM] = {CALL("order_confirm")},
    [SHOP_SQL_ATTEMPT_START] = {CALL("attempt_start")},
    [SHOP_SQL_ATTEMPT_RETURNED] = {CALL("attempt_returned")},
    [SHOP_SQL_ATTEMPT_CANCEL] = {CALL("attempt_cancel")},
    [SHOP_SQL_ATTEMPT_OPENED] = {CALL("attempt_opened")},
    [SHOP_SQL_FIGURES] = {CALL("figures"), .read_only = true},
    [SHOP_SQL_CUSTOMER_FIND] = {CALL("customer_find"), .read_only = true},
    [SHOP_SQL_CUSTOMER_SAVE] = {CALL("customer_save")},
    [SHOP_SQL_LOGIN_REQUEST] = {CALL("login_request")},
    [SHOP_SQL_CERTIFICATE_VERIFY] = {CALL("certificate_verify"), .read_only = true},
    [SHOP_SQL_LICENCE_VERIFY] = {CALL("licence_verify"), .read_only = true},
    [SHOP_SQL_SEATS_READ] = {CALL("seats_read")},
    [SHOP_SQL_SEAT_ASSIGN] = {CALL("seat_assign")},
    [SHOP_SQL_SEAT_RELEASE] = {CALL("seat_release")},
    [SHOP_SQL_HOSTS_TAKEN] = {CALL("hosts_taken"), .read_only = true},
    [SHOP_SQL_LTI_SECRET] = {CALL("lti_secret"), .read_only = true},
    [SHOP_SQL_LTI_LAUNCH] = {CALL("lti_launch")},
    [SHOP_SQL_LTI_STATE] = {CALL("lti_state"), .read_only = true},
    [SHOP_SQL_LTI_TOOL] = {CALL("lti_tool"), .read_only = true},
    [SHOP_SQL_LTI_RENEW] = {CALL("lti_renew")},
    [SHOP_SQL_SITE_NEEDS] = {CALL("site_needs"), .read_only = true},
};
