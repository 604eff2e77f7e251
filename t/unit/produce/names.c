/* User names, the e-mail pattern, certificate numbers, periods. */

#include "produce/produce.h"

#include "tap.h"


static void check_usernames(void)
{
    static const struct {
        const char *first;
        const char *last;
        const char *expected;
    } cases[] = {
        {"John", "Doe", "john.doe"},
        {"Zoé", "d'Ormesson", "zoe.dormesson"},
        {"Jean Marie", "Le  Bris", "jean-marie.le-bris"},
        {"Łukasz", "Żółć", "lukasz.zolc"},
        {"Œdipe", "Æsop", "oedipe.aesop"},
        {"Straße", "Þór", "strasse.thor"},
        {"李", "小龙", "user.000042"},
        {"Ana", "李", "ana"},
        {"..a--", "b..", "a.b"},
        {"", "", "user.000042"},
        {"A<b>", "c@d!", "ab.cd"},
    };
    char name[SHOP_USERNAME_MAX + 1];
    char longest[200];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shop_username_make(shop_str(cases[i].first), shop_str(cases[i].last), 42, name);
        is_str(shop_str(name), cases[i].expected, cases[i].expected);
    }
    for (size_t i = 0; i < sizeof(longest); i++) {
        longest[i] = 'x';
    }
    shop_username_make((shop_str_t){sizeof(longest), (unsigned char *) longest}, SHOP_STR("y"), 1,
                       name);
    is_int((long long) shop_str(name).len, SHOP_USERNAME_MAX, "a long name is cut");
}


static void check_like(shop_arena_t *arena)
{
    shop_str_t pattern;

    ok(shop_like_escape(arena, SHOP_STR("a_b%c\\d@x.org"), &pattern) == SHOP_OK, "escaped");
    is_str(pattern, "a\\_b\\%c\\\\d@x.org", "the three special characters");
}


static void check_numbers(void)
{
    unsigned char random[SHOP_JOB_RANDOM];
    char number[SHOP_CERTIFICATE_NUMBER_SIZE];
    bool all = true;

    for (size_t i = 0; i < sizeof(random); i++) {
        random[i] = (unsigned char) (i * 37);
    }
    shop_certificate_number(1795500000, random, number);
    ok(shop_certificate_number_valid(shop_str(number)), "%s is valid", number);
    ok(shop_str_starts(shop_str(number), SHOP_STR("C-2026-")), "and carries the year");

    for (size_t i = 7; i < sizeof(number) - 1; i++) {
        char kept = number[i];

        number[i] = kept == 'A' ? 'B' : 'A';
        all = !shop_certificate_number_valid(shop_str(number)) && all;
        number[i] = kept;
    }
    ok(all, "any single change is noticed");
    ok(!shop_certificate_number_valid(SHOP_STR("C-2026-ABCD")), "too short");
    ok(!shop_certificate_number_valid(SHOP_STR("")), "empty");
}


static void check_dates(void)
{
    enum { PAID = 1795168800, DAY = 86400 }; /* 2026-11-20T10:00:00Z */
    static const struct {
        const char *what;
        shop_dates_in_t in;
        shop_status_t status;
        int64_t start;
        int64_t end;
    } cases[] = {
        {"nothing: unlimited", {.moment = PAID}, SHOP_OK, PAID, 0},
        {"duration", {.moment = PAID, .duration = SHOP_STR("30")}, SHOP_OK, PAID, PAID + 30 * DAY},
        {"duration 0", {.moment = PAID, .duration = SHOP_STR("0")}, SHOP_OK, PAID, 0},
        {"renewable", {.moment = PAID, .renewable = true}, SHOP_OK, PAID, PAID + 365 * DAY},
        {"relative end",
         {.moment = PAID, .endtime = SHOP_STR("+10D")},
         SHOP_OK,
         PAID,
         PAID + 10 * DAY},
        {"relative end in hours",
         {.moment = PAID, .endtime = SHOP_STR("+12h")},
         SHOP_OK,
         PAID,
         PAID + 12 * 3600},
        {"Unix seconds",
         {.moment = PAID, .endtime = SHOP_STR("1800000000")},
         SHOP_OK,
         PAID,
         1800000000},
        {"ISO",
         {.moment = PAID, .endtime = SHOP_STR("2027-01-01T00:00:00Z")},
         SHOP_OK,
         PAID,
         1798761600},
        {"relative start",
         {.moment = PAID, .starttime = SHOP_STR("+2D"), .duration = SHOP_STR("1")},
         SHOP_OK,
         PAID + 2 * DAY,
         PAID + 3 * DAY},
        {"the course starts later: the duration counts from there",
         {.moment = PAID, .course_start = PAID + 5 * DAY, .duration = SHOP_STR("10")},
         SHOP_OK,
         PAID + 5 * DAY,
         PAID + 15 * DAY},
        {"the course has started", {.moment = PAID, .course_start = PAID - DAY}, SHOP_OK, PAID, 0},
        {"calendar day in Paris",
         {.moment = PAID, .duration = SHOP_STR("1"), .calendar_days = true, .utc_offset = 3600},
         SHOP_OK,
         PAID,
         1795301999},
        {"end before start", {.moment = PAID, .endtime = SHOP_STR("1000")}, SHOP_REFUSED, 0, 0},
        {"unreadable end", {.moment = PAID, .endtime = SHOP_STR("+3X")}, SHOP_MALFORMED, 0, 0},
        {"unreadable duration", {.moment = PAID, .duration = SHOP_STR("-3")}, SHOP_MALFORMED, 0, 0},
        {"absurd duration",
         {.moment = PAID, .duration = SHOP_STR("99999999")},
         SHOP_MALFORMED,
         0,
         0},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        shop_dates_t dates = {0, 0};

        is_int(shop_dates_compute(&cases[i].in, &dates), cases[i].status, cases[i].what);
        if (cases[i].status == SHOP_OK) {
            is_int(dates.start, cases[i].start, "  start");
            is_int(dates.end, cases[i].end, "  end");
        }
    }
}


int main(void)
{
    shop_heap_t *heap = shop_heap_create(-1);

    check_usernames();
    check_like(shop_heap_arena(heap));
    check_numbers();
    check_dates();
    shop_heap_destroy(heap);
    return done_testing();
}
