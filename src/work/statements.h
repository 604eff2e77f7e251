/*
 * The one table of SQL statements of the module, used by work and web: a number for each function
 * of sql/README.md. Every call has one jsonb argument (batched calls: a jsonb array) and gives
 * jsonb.
 */

#ifndef SHOP_WORK_STATEMENTS_H
#define SHOP_WORK_STATEMENTS_H

#include "link/link.h"

typedef enum {
    SHOP_SQL_PAYMENTS_APPLY = 0, /* batched */
    SHOP_SQL_JOBS_CLAIM,
    SHOP_SQL_JOB_STEP,
    SHOP_SQL_JOB_END,
    SHOP_SQL_INSTANCE_RECORD,
    SHOP_SQL_CERTIFICATE_ISSUE,
    SHOP_SQL_JOB_ASK,
    SHOP_SQL_MAILS_CLAIM,
    SHOP_SQL_MAIL_DONE,
    SHOP_SQL_MAIL_RETRY,
    SHOP_SQL_REGISTRAR_RUN,
    SHOP_SQL_HOUSEKEEPING,
    SHOP_SQL_RECONCILE_CLAIM,
    SHOP_SQL_RECONCILE_END,
    SHOP_SQL_REFUND_CLAIM,
    SHOP_SQL_REFUND_END,
    SHOP_SQL_SNAPSHOT,     /* streamed: rows of kind and document */
    SHOP_SQL_PLACE_ORDERS, /* batched */
    SHOP_SQL_ORDER_READ,
    SHOP_SQL_ORDER_TERMS,
    SHOP_SQL_ORDER_CONFIRM,
    SHOP_SQL_ATTEMPT_START,
    SHOP_SQL_ATTEMPT_RETURNED,
    SHOP_SQL_ATTEMPT_CANCEL,
    SHOP_SQL_ATTEMPT_OPENED,
    SHOP_SQL_FIGURES,
    SHOP_SQL_CUSTOMER_FIND,
    SHOP_SQL_CUSTOMER_SAVE,
    SHOP_SQL_LOGIN_REQUEST,
    SHOP_SQL_CERTIFICATE_VERIFY,
    SHOP_SQL_LICENCE_VERIFY,
    SHOP_SQL_SEATS_READ,
    SHOP_SQL_SEAT_ASSIGN,
    SHOP_SQL_SEAT_RELEASE,
    SHOP_SQL_HOSTS_TAKEN,
    SHOP_SQL_LTI_SECRET,
    SHOP_SQL_LTI_LAUNCH,
    SHOP_SQL_LTI_STATE,
    SHOP_SQL_LTI_TOOL,
    SHOP_SQL_LTI_RENEW,
    SHOP_SQL_COUNT
} shop_sql_e;

extern const shop_pg_statement_t shop_sql_statements[SHOP_SQL_COUNT];

#endif
