/*
 * Commands in Redis' protocol: their number of words, each word with its length (RD-13). Written
 * once, into the operation's pool, so that hiredis has nothing to format and only copies.
 */

#include "link/redis_internal.h"

#define COUNT_SIZE (sizeof("*\r\n") + NGX_SIZE_T_LEN)
#define WORD_SIZE(length) (sizeof("$\r\n\r\n") + NGX_SIZE_T_LEN + (length))

/* Of a script: EVALSHA, its digest, the number of keys. */
#define SCRIPT_WORDS 3


static size_t words_size(size_t count, const shop_str_t *words);
static u_char *put_words(u_char *p, size_t count, const shop_str_t *words);
static u_char *put_number(u_char *p, u_char type, size_t number);
static u_char *skip_lines(u_char *p, size_t count);


ngx_int_t shop_redis_format(ngx_pool_t *pool, size_t argc, const shop_str_t *argv,
                            shop_str_t *command)
{
    command->data = ngx_pnalloc(pool, COUNT_SIZE + words_size(argc, argv));
    if (command->data == NULL) {
        return NGX_ERROR;
    }

    command->len =
        (size_t) (put_words(put_number(command->data, '*', argc), argc, argv) - command->data);

    return NGX_OK;
}


ngx_int_t shop_redis_format_script(ngx_pool_t *pool, shop_str_t sha, size_t keys, size_t argc,
                                   const shop_str_t *argv, shop_str_t *command)
{
    u_char number[NGX_SIZE_T_LEN], *p;
    shop_str_t leading[SCRIPT_WORDS] = {
        SHOP_STR("EVALSHA"), sha, {(size_t) (ngx_sprintf(number, "%uz", keys) - number), number}};

    if (sha.data == NULL) {
        return NGX_ERROR;
    }

    command->data =
        ngx_pnalloc(pool, COUNT_SIZE + words_size(SCRIPT_WORDS, leading) + words_size(argc, argv));
    if (command->data == NULL) {
        return NGX_ERROR;
    }

    p = put_number(command->data, '*', SCRIPT_WORDS + argc);
    p = put_words(put_words(p, SCRIPT_WORDS, leading), argc, argv);
    command->len = (size_t) (p - command->data);

    return NGX_OK;
}


ngx_int_t shop_redis_format_text(ngx_pool_t *pool, shop_str_t script, shop_str_t *command)
{
    const shop_str_t leading[] = {SHOP_STR("EVAL"), script};
    u_char *words, *rest, *text, *p;

    words = skip_lines(command->data, 1);
    rest = skip_lines(words, 4); /* two words, their lengths before them */

    text = ngx_pnalloc(pool, command->len + words_size(2, leading));
    if (text == NULL) {
        return NGX_ERROR;
    }

    p = ngx_cpymem(text, command->data, (size_t) (words - command->data));
    p = put_words(p, 2, leading);
    p = ngx_cpymem(p, rest, (size_t) (command->data + command->len - rest));

    *command = (shop_str_t){(size_t) (p - text), text};

    return NGX_OK;
}


static size_t words_size(size_t count, const shop_str_t *words)
{
    size_t i, size = 0;

    for (i = 0; i < count; i++) {
        size += WORD_SIZE(words[i].len);
    }

    return size;
}


static u_char *put_words(u_char *p, size_t count, const shop_str_t *words)
{
    size_t i;

    for (i = 0; i < count; i++) {
        p = put_number(p, '$', words[i].len);

        if (words[i].len > 0) {
            p = ngx_cpymem(p, words[i].data, words[i].len);
        }

        *p++ = CR;
        *p++ = LF;
    }

    return p;
}


/* Two for each word: by hand, a format string would cost more than the words. */
static u_char *put_number(u_char *p, u_char type, size_t number)
{
    u_char digits[NGX_SIZE_T_LEN];
    size_t i = sizeof(digits);

    do {
        digits[--i] = (u_char) ('0' + number % 10);
        number /= 10;
    } while (number > 0);

    *p++ = type;
    p = ngx_cpymem(p, digits + i, sizeof(digits) - i);
    *p++ = CR;
    *p++ = LF;

    return p;
}


/* Of a script's first words, which are ours: no line feed in them. */
static u_char *skip_lines(u_char *p, size_t count)
{
    while (count > 0) {
        if (*p++ == LF) {
            count--;
        }
    }

    return p;
}
