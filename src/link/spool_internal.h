/*
 * The spool: what the loop and its threads share. A job belongs to the thread from posting until
 * its event.
 */

#ifndef SHOP_SPOOL_INTERNAL_H
#define SHOP_SPOOL_INTERNAL_H

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "link/link_internal.h"

#define SHOP_SPOOL_TAKEN ".taken."

struct shop_spool_s {
    shop_spool_conf_t conf;
    ngx_log_t *log;
    char *path;
    int owner; /* the lock of this process; -1: others may take what it works on */
    ngx_uint_t counter;
    shop_link_counters_t counters;
};

typedef enum {
    SHOP_SPOOL_WRITE = 0,
    SHOP_SPOOL_TAKE,
    SHOP_SPOOL_REMOVE,
    SHOP_SPOOL_RETURN,
    SHOP_SPOOL_ASIDE
} shop_spool_what_e;

/* Lives in its operation's pool. */
typedef struct {
    shop_spool_t *spool; /* not for the thread */
    shop_op_t *op;       /* not for the thread */
    ngx_thread_task_t *task;
    shop_spool_what_e what;
    const char *path;
    ngx_uint_t files_max;
    shop_str_t text; /* what to write */
    char name[128];  /* in: of the file; out: of the file taken */

    const char *failed; /* the system call, static text; NULL: done */
    int error;
    ngx_uint_t full;
    unsigned char *content; /* malloc'ed by the thread, freed on the loop */
    size_t length;
} shop_spool_job_t;

/* spool_files.c; in a thread: nothing of nginx but plain memory functions (RQ-14) */
void shop_spool_work(void *data, ngx_log_t *log);

/* spool_owner.c */
/* A descriptor for shop_spool_release(), or -1. */
int shop_spool_hold(const char *path);
void shop_spool_release(const char *path, int fd);
bool shop_spool_alive(int directory, long process);
/* Puts back what a former process with our number had taken, removes what dead ones left half
 * written. */
void shop_spool_recover(const char *path);

#endif
