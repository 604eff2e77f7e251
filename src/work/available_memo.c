/*
 * What Moodle answered a moment ago, so that it is not asked the same for each product of a page.
 * Bounded by number and by bytes; who is kept longest goes first.
 */

#include "work/work_internal.h"

#define ENTRIES 128
#define BYTES_MAX (1024 * 1024)
#define ANSWER_MAX (128 * 1024)

typedef struct {
    const char *function;
    json_t *arguments; /* NULL: free */
    json_t *answer;
    size_t size;
    time_t at;
} entry_t;

struct shop_memo_s {
    entry_t entries[ENTRIES];
    ngx_uint_t next; /* to be taken */
    size_t bytes;
};


const json_t *shop_memo_find(shop_work_t *work, const shop_act_t *act, time_t since, time_t *at)
{
    shop_memo_t *memo = work->memo;

    for (ngx_uint_t i = 0; memo != NULL && i < ENTRIES; i++) {
        const entry_t *entry = &memo->entries[i];

        if (entry->arguments != NULL && entry->at >= since && entry->function == act->function &&
            json_equal(entry->arguments, act->arguments)) {
            *at = entry->at;
            return entry->answer;
        }
    }
    return NULL;
}


static void drop(shop_memo_t *memo, entry_t *entry)
{
    if (entry->arguments == NULL) {
        return;
    }
    memo->bytes -= entry->size;
    json_decref(entry->arguments);
    json_decref(entry->answer);
    ngx_memzero(entry, sizeof(*entry));
}


void shop_memo_keep(shop_work_t *work, const shop_act_t *act, json_t *answer, size_t size)
{
    shop_memo_t *memo = work->memo;

    if (size > ANSWER_MAX || act->arguments == NULL) {
        return;
    }
    if (memo == NULL) {
        memo = ngx_calloc(sizeof(*memo), work->log);
        work->memo = memo;
    }
    if (memo == NULL) {
        return;
    }
    drop(memo, &memo->entries[memo->next]);
    for (ngx_uint_t i = 1; i < ENTRIES && memo->bytes + size > BYTES_MAX; i++) {
        drop(memo, &memo->entries[(memo->next + i) % ENTRIES]);
    }
    memo->entries[memo->next] = (entry_t){
        .function = act->function,
        .arguments = json_incref(act->arguments),
        .answer = json_incref(answer),
        .size = size,
        .at = ngx_time(),
    };
    memo->next = (memo->next + 1) % ENTRIES;
    memo->bytes += size;
}


void shop_memo_forget(shop_work_t *work)
{
    for (ngx_uint_t i = 0; work->memo != NULL && i < ENTRIES; i++) {
        drop(work->memo, &work->memo->entries[i]);
    }
    ngx_free(work->memo);
    work->memo = NULL;
}
