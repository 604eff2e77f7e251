/*
 * Private to account.c and account_names.c: the documents of step `user`. New references, NULL for
 * no memory.
 */

#ifndef SHOP_PRODUCE_ACCOUNT_H
#define SHOP_PRODUCE_ACCOUNT_H

#include "produce/produce_internal.h"

/* Arguments that ask which of ten names exist; progress.block says which ten. */
json_t *shop_account_names(const shop_job_t *job);
/* The first of them that is not among `users`; NULL: none (or no memory). */
json_t *shop_account_free_name(const shop_job_t *job, const json_t *users);
/* Arguments that create the account under progress.username; progress.minimal leaves out what
 * Moodle does not need. */
json_t *shop_account_new(const shop_job_t *job);
/* Arguments that complete an account made with the minimum. */
json_t *shop_account_completion(const shop_job_t *job);

#endif
