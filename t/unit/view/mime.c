/*
 * Mails: structure, encodings, header injection, addresses.
 */

#define _GNU_SOURCE

#include "views.h"

#include <string.h>


static shop_mime_t usual(void)
{
    return (shop_mime_t){.from = {SHOP_STR("The Shop"), SHOP_STR("shop@example.org")},
                         .to = {SHOP_STR("Zoé"), SHOP_STR("zoe@example.org")},
                         .subject = SHOP_STR("Hello"),
                         .text = SHOP_STR("a\n"),
                         .html = SHOP_STR("<p>a</p>"),
                         .date = 1795487400,
                         .message_id = SHOP_STR("mail.7@example.org"),
                         .lang = shop_lang_find(SHOP_STR("fr"))};
}


static shop_str_t build(const shop_mime_t *mail)
{
    shop_str_t message = SHOP_STR_NULL;

    if (shop_mime_build(arena, mail, &message) != SHOP_OK) {
        ok(false, "the message is built");
    }
    return message;
}


static bool contains(shop_str_t text, const char *part)
{
    return memmem(text.data, text.len, part, strlen(part)) != NULL;
}


static void has(shop_str_t text, const char *part, const char *name)
{
    if (!ok(contains(text, part), "%s", name)) {
        printf("# in: %.*s\n", (int) text.len, (const char *) text.data);
    }
}


static void test_whole(void)
{
    shop_mime_t mail = usual();

    is_str(build(&mail),
           "From: \"The Shop\"\r\n <shop@example.org>\r\n"
           "To: =?UTF-8?B?Wm/DqQ==?=\r\n <zoe@example.org>\r\n"
           "Subject: Hello\r\n"
           "Date: Tue, 24 Nov 2026 02:30:00 +0000\r\n"
           "Message-ID: <mail.7@example.org>\r\n"
           "Content-Language: fr\r\n"
           "Auto-Submitted: auto-generated\r\n"
           "MIME-Version: 1.0\r\n"
           "Content-Type: multipart/alternative; boundary=\"=_alternative\"\r\n\r\n"
           "--=_alternative\r\n"
           "Content-Type: text/plain; charset=UTF-8\r\n"
           "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
           "a\r\n"
           "--=_alternative\r\n"
           "Content-Type: text/html; charset=UTF-8\r\n"
           "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
           "<p>a</p>\r\n"
           "--=_alternative--\r\n",
           "a complete message");
}


static void test_quoted_printable(void)
{
    static const struct {
        const char *name, *text, *expected;
    } cases[] = {
        {"the equals sign", "a=b", "a=3Db\r\n"},
        {"UTF-8", "é", "=C3=A9\r\n"},
        {"blanks within a line stay", "a b\tc", "a b\tc\r\n"},
        {"blanks at a line's end", "a \nb\t", "a=20\r\nb=09\r\n"},
        {"all line ends become CRLF", "a\rb\nc\r\nd", "a\r\nb\r\nc\r\nd\r\n"},
        {"empty lines", "a\n\nb\n", "a\r\n\r\nb\r\n"},
        {"control characters",
         "a\x01"
         "b",
         "a=01b\r\n"},
        {"the boundary cannot be written", "--=_alternative", "--=3D_alternative\r\n"},
        {"a long line is broken",
         "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234",
         "012345678901234567890123456789012345678901234567890123456789012345678901234=\r\n"
         "5678901234\r\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shop_mime_t mail = usual();
        char expected[400];

        mail.text = shop_str(cases[i].text);
        snprintf(expected, sizeof(expected), "quoted-printable\r\n\r\n%s--=_alternative\r\n",
                 cases[i].expected);
        has(build(&mail), expected, cases[i].name);
    }
}


static void test_subjects(void)
{
    static const struct {
        const char *name, *subject, *expected;
    } cases[] = {
        {"a line end cannot begin a field", "a\r\nBcc: x@example.org",
         "Subject: a  Bcc: x@example.org\r\n"},
        {"accents", "Reçu", "Subject: =?UTF-8?B?UmXDp3U=?=\r\n"},
        {"what looks like an encoded word",
         "=?UTF-8?Q?x?=", "Subject: =?UTF-8?B?PT9VVEYtOD9RP3g/PQ==?=\r\n"},
        {"long ones are folded between characters", "ééééééééééééééééééééééééééééééééééé",
         "Subject: =?UTF-8?B?w6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6k=?=\r\n"
         " =?UTF-8?B?w6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6nDqcOpw6k=?=\r\n"},
        {"nothing", "", "Subject: \r\n"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shop_mime_t mail = usual();

        mail.subject = shop_str(cases[i].subject);
        has(build(&mail), cases[i].expected, cases[i].name);
    }
}


static void test_names(void)
{
    shop_mime_t mail = usual();

    mail.from.name = SHOP_STR("A\"\r\nBcc: <x@example.org>");
    mail.to.name = SHOP_STR("");
    mail.reply_to = (shop_mailbox_t){SHOP_STR("Sales, Inc."), SHOP_STR("sales@example.org")};
    shop_str_t message = build(&mail);
    ok(!contains(message, "\r\nBcc"), "a name cannot begin a field");
    has(message, "From: =?UTF-8?B?", "a quote is encoded");
    has(message, "\r\nTo: zoe@example.org\r\n", "no name: the address alone");
    has(message, "\r\nReply-To: \"Sales, Inc.\"\r\n <sales@example.org>\r\n", "reply-to");
}


static void test_addresses(void)
{
    static const struct {
        const char *address;
        bool valid;
    } cases[] = {
        {"a@b", true},
        {"first.last+tag@sub.example.org", true},
        {"o'neil@example.org", true},
        {"", false},
        {"a", false},
        {"@b", false},
        {"a@", false},
        {"a@b@c", false},
        {"a..b@c", false},
        {".a@c", false},
        {"a.@c", false},
        {"a@-b.c", false},
        {"a@b-.c", false},
        {"a@b..c", false},
        {"a@b_c", false},
        {"a b@c", false},
        {"a@b c", false},
        {"a@b\n", false},
        {"a\r@b", false},
        {"\"a\"@b", false},
        {"a@[127.0.0.1]", false},
        {"é@example.org", false},
        {"a@éxample.org", false},
        {"<a@b>", false},
        {"a,b@c", false},
        {"1234567890123456789012345678901234567890123456789012345678901234@b", true},
        {"12345678901234567890123456789012345678901234567890123456789012345@b", false},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        ok(shop_mail_address_valid(shop_str(cases[i].address)) == cases[i].valid, "address %zu", i);
    }
}


static void test_refusals(void)
{
    shop_str_t message;
    shop_mime_t mail = usual();

    mail.to.address = SHOP_STR("a@b\r\nBcc: c@d");
    is_int(shop_mime_build(arena, &mail, &message), SHOP_REFUSED, "recipient");
    mail = usual();
    mail.from.address = SHOP_STR("");
    is_int(shop_mime_build(arena, &mail, &message), SHOP_REFUSED, "sender");
    mail = usual();
    mail.reply_to.address = SHOP_STR("x");
    is_int(shop_mime_build(arena, &mail, &message), SHOP_REFUSED, "reply-to");
    mail = usual();
    mail.message_id = SHOP_STR("a@b>\r\nX: y");
    is_int(shop_mime_build(arena, &mail, &message), SHOP_REFUSED, "message id");
    mail = usual();
    mail.text = SHOP_STR("\xff");
    is_int(shop_mime_build(arena, &mail, &message), SHOP_MALFORMED, "not UTF-8");
}


static void test_memory(void)
{
    shop_status_t status = SHOP_NO_MEMORY;
    shop_mime_t mail = usual();
    shop_str_t message;
    long allowed = 0;

    mail.subject = SHOP_STR("ééééééééééééééééééééééééééééééééééééééé");
    for (; status == SHOP_NO_MEMORY && allowed < 100; allowed++) {
        shop_heap_t *poor = shop_heap_create(allowed);
        status = shop_mime_build(shop_heap_arena(poor), &mail, &message);
        shop_heap_destroy(poor);
    }
    is_int(status, SHOP_OK, "every lack of memory is told");
    ok(allowed > 5, "several allocations were tried");
}


int main(void)
{
    views_begin();
    test_whole();
    test_quoted_printable();
    test_subjects();
    test_names();
    test_addresses();
    test_refusals();
    test_memory();
    views_end();
    return done_testing();
}
