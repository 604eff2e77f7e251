/*
 * Strings, growing text, codings: tables, laws, and each allocation failing in turn.
 */

#include "tap.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))


static void check_strings(void)
{
    shop_str_t rest = SHOP_STR("a,,b"), part;
    int64_t n = 0;

    is_str(shop_str_trim(SHOP_STR(" \t a b\r\n")), "a b", "trimmed");
    ok(shop_str_eq(SHOP_STR_NULL, SHOP_STR("")), "nothing equals the empty string");
    ok(shop_str_eq_nocase(SHOP_STR("aZ[9"), SHOP_STR("Az[9")), "letters without case");
    ok(!shop_str_eq_nocase(SHOP_STR("["), SHOP_STR("{")), "only letters have a case");
    ok(shop_str_cmp(SHOP_STR("ab"), SHOP_STR("abc")) < 0, "a prefix is smaller");
    ok(shop_str_cmp(SHOP_STR("\xFF"), SHOP_STR("a")) > 0, "bytes are unsigned");
    ok(shop_str_split(&rest, ',', &part) && part.len == 1, "the first part");
    ok(shop_str_split(&rest, ',', &part) && part.len == 0, "an empty part");
    ok(shop_str_split(&rest, ',', &part) && shop_str_eq(part, SHOP_STR("b")), "the last part");
    ok(!shop_str_split(&rest, ',', &part), "no more parts");
    ok(shop_str_to_int(SHOP_STR("9223372036854775807"), &n) == SHOP_OK && n == INT64_MAX, "most");
    ok(shop_str_to_int(SHOP_STR("9223372036854775808"), &n) == SHOP_OVERFLOW, "one too many");
    ok(shop_str_to_int(SHOP_STR("-1"), &n) == SHOP_MALFORMED, "no sign");
    ok(shop_str_to_int(SHOP_STR(""), &n) == SHOP_MALFORMED, "no digit");
}


static void check_utf8(void)
{
    static const struct {
        shop_str_t text;
        bool valid;
    } cases[] = {
        {{2, (unsigned char *) "\xC3\xA9"}, true},
        {{3, (unsigned char *) "\xE2\x82\xAC"}, true},
        {{4, (unsigned char *) "\xF0\x9F\x98\x80"}, true},
        {{4, (unsigned char *) "\xF4\x8F\xBF\xBF"}, true},
        {{1, (unsigned char *) "\0"}, false},
        {{1, (unsigned char *) "\x80"}, false},
        {{1, (unsigned char *) "\xC3"}, false},
        {{2, (unsigned char *) "\xC0\x80"}, false},
        {{3, (unsigned char *) "\xE0\x80\x80"}, false},
        {{3, (unsigned char *) "\xED\xA0\x80"}, false},
        {{4, (unsigned char *) "\xF0\x80\x80\x80"}, false},
        {{4, (unsigned char *) "\xF4\x90\x80\x80"}, false},
        {{2, (unsigned char *) "\xE2\x82"}, false},
    };

    for (size_t i = 0; i < COUNT(cases); i++) {
        ok(shop_utf8_valid(cases[i].text) == cases[i].valid, "UTF-8 sequence %zu", i);
    }

    is_int((long long) shop_utf8_length(SHOP_STR("é€a")), 3, "characters are counted");
    is_str(shop_utf8_cut(SHOP_STR("é€a"), 2), "é€", "cut between characters");
    is_str(shop_utf8_cut(SHOP_STR("é"), 5), "é", "nothing to cut");
    is_str(shop_utf8_cut(SHOP_STR("é"), 0), "", "cut to nothing");
}


static void check_buf(shop_arena_t *arena)
{
    shop_buf_t buf;

    shop_buf_init(&buf, arena, 0);
    is_str(shop_buf_str(&buf), "", "an empty buffer is an empty string");
    shop_buf_add_html(&buf, SHOP_STR("<a b=\"c\">&'é"));
    shop_buf_add_int(&buf, INT64_MIN);
    shop_buf_add_percent(&buf, SHOP_STR(" é~"));
    is_str(shop_buf_str(&buf), "&lt;a b=&quot;c&quot;&gt;&amp;&#39;é-9223372036854775808%20%C3%A9~",
           "escapes");

    shop_buf_init(&buf, arena, 4);
    shop_buf_add(&buf, SHOP_STR("abcd"));
    ok(buf.status == SHOP_OK, "up to the limit");
    shop_buf_add_char(&buf, 'e');
    shop_buf_add(&buf, SHOP_STR(""));
    ok(buf.status == SHOP_LIMIT && buf.len == 4, "beyond the limit it stays as it was");
}


typedef shop_status_t (*coding_pt)(shop_arena_t *a, shop_str_t in, shop_str_t *out);


/* decode(encode(x)) = x for all lengths up to 64, with every byte value. */
static void check_pair(shop_arena_t *arena, coding_pt encode, coding_pt decode, const char *name)
{
    unsigned char bytes[64];
    bool same = true;

    for (size_t len = 0; len <= sizeof(bytes); len++) {
        shop_str_t in = {len, bytes}, text, out;

        for (size_t i = 0; i < len; i++) {
            bytes[i] = (unsigned char) (len * 37 + i * 101);
        }
        same = same && encode(arena, in, &text) == SHOP_OK &&
               decode(arena, text, &out) == SHOP_OK && shop_str_eq(in, out);
    }

    ok(same, "%s there and back", name);
}


static void check_codings(shop_arena_t *arena)
{
    static const char *const bad64[] = {
        "Zg", "Zg=", "Zh==", "Zm9=", "Z===", "Zm9v=", "Zm 9", "Zg==Zg=="};
    static const char *const bad64url[] = {"Z", "Zh", "Zm9_=", "Zg==", "Zm+v"};
    static const char *const bad_hex[] = {"0", "0g", "0x00"};
    shop_str_t out;

    check_pair(arena, shop_hex_encode, shop_hex_decode, "hexadecimal");
    check_pair(arena, shop_base64_encode, shop_base64_decode, "base64");
    check_pair(arena, shop_base64url_encode, shop_base64url_decode, "base64url");

    for (size_t i = 0; i < COUNT(bad64); i++) {
        is_int(shop_base64_decode(arena, shop_str(bad64[i]), &out), SHOP_MALFORMED, bad64[i]);
    }
    for (size_t i = 0; i < COUNT(bad64url); i++) {
        is_int(shop_base64url_decode(arena, shop_str(bad64url[i]), &out), SHOP_MALFORMED,
               bad64url[i]);
    }
    for (size_t i = 0; i < COUNT(bad_hex); i++) {
        is_int(shop_hex_decode(arena, shop_str(bad_hex[i]), &out), SHOP_MALFORMED, bad_hex[i]);
    }

    /* RFC 4648, section 10 */
    ok(shop_base64_encode(arena, SHOP_STR("foob"), &out) == SHOP_OK, "base64");
    is_str(out, "Zm9vYg==", "base64 of foob");
    ok(shop_base32_encode(arena, SHOP_STR("foobar"), &out) == SHOP_OK, "base32");
    is_str(out, "MZXW6YTBOI", "base32 of foobar");
}


/* FIPS 180 and RFC 4231 examples. */
static void check_digests(shop_arena_t *arena)
{
    unsigned char sum[SHOP_SHA256_SIZE];
    shop_str_t hex = SHOP_STR_NULL;

    ok(shop_sha256(SHOP_STR("abc"), sum) == SHOP_OK &&
           shop_hex_encode(arena, (shop_str_t){sizeof(sum), sum}, &hex) == SHOP_OK,
       "SHA-256");
    is_str(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "of abc");
    ok(shop_sha1(SHOP_STR("abc"), sum) == SHOP_OK &&
           shop_hex_encode(arena, (shop_str_t){SHOP_SHA1_SIZE, sum}, &hex) == SHOP_OK,
       "SHA-1");
    is_str(hex, "a9993e364706816aba3e25717850c26c9cd0d89d", "of abc");
    ok(shop_hmac_sha256(SHOP_STR("Jefe"), SHOP_STR("what do ya want for nothing?"), sum) ==
               SHOP_OK &&
           shop_hex_encode(arena, (shop_str_t){sizeof(sum), sum}, &hex) == SHOP_OK,
       "HMAC");
    is_str(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", "of RFC 4231");
    ok(shop_hmac_sha256(SHOP_STR_NULL, SHOP_STR(""), sum) == SHOP_OK &&
           shop_hex_encode(arena, (shop_str_t){sizeof(sum), sum}, &hex) == SHOP_OK,
       "HMAC with an empty key");
    is_str(hex, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad", "of nothing");
    ok(shop_secret_eq(SHOP_STR("a"), SHOP_STR("a")) &&
           !shop_secret_eq(SHOP_STR("a"), SHOP_STR("b")),
       "secrets are compared");
    ok(!shop_secret_eq(SHOP_STR("a"), SHOP_STR("")), "lengths differ");
}


/* Of the two digests with keys around the size of a block, against OpenSSL's own. */
static void check_hmac(void)
{
    unsigned char bytes[200], sum[SHOP_SHA256_SIZE], wanted[EVP_MAX_MD_SIZE];
    bool same256 = true, same1 = true;

    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (unsigned char) (i * 7);
    }

    for (size_t length = 0; length <= 140; length++) {
        const shop_str_t key = {length, bytes}, message = {sizeof(bytes) - length, bytes + length};

        HMAC(EVP_sha256(), bytes, (int) length, message.data, message.len, wanted, NULL);
        same256 = same256 && shop_hmac_sha256(key, message, sum) == SHOP_OK &&
                  memcmp(sum, wanted, SHOP_SHA256_SIZE) == 0;
        HMAC(EVP_sha1(), bytes, (int) length, message.data, message.len, wanted, NULL);
        same1 = same1 && shop_hmac_sha1(key, message, sum) == SHOP_OK &&
                memcmp(sum, wanted, SHOP_SHA1_SIZE) == 0;
    }

    ok(same256, "HMAC with SHA-256, every length of key");
    ok(same1, "HMAC with SHA-1, every length of key");
}


static void check_printf(shop_arena_t *arena)
{
    char text[600];
    bool same = true;

    /* Around the room of the first attempt. */
    for (int length = 0; length < (int) sizeof(text); length++) {
        shop_str_t out;

        memset(text, 'a' + length % 26, sizeof(text));
        same = same && shop_arena_printf(arena, &out, "%.*s", length, text) == SHOP_OK &&
               out.len == (size_t) length && memcmp(out.data, text, out.len) == 0 &&
               out.data[out.len] == '\0';
    }

    ok(same, "printed texts of all lengths");
}


static void check_torture(void)
{
    shop_status_t status = SHOP_NO_MEMORY;
    long n;

    for (n = 0; n < 50 && status == SHOP_NO_MEMORY; n++) {
        shop_heap_t *heap = shop_heap_create(n);
        shop_str_t text, back;

        status = shop_base64_encode(shop_heap_arena(heap), SHOP_STR("foobar"), &text);
        if (status == SHOP_OK) {
            status = shop_base64_decode(shop_heap_arena(heap), text, &back);
        }
        shop_heap_destroy(heap);
    }

    ok(status == SHOP_OK && n > 2, "each failing allocation is told");
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);
    shop_arena_t *arena = shop_heap_arena(heap);

    check_strings();
    check_utf8();
    check_buf(arena);
    check_codings(arena);
    check_digests(arena);
    check_hmac();
    check_printf(arena);
    check_torture();
    shop_heap_destroy(heap);

    return done_testing();
}
