/*
 * Moments as text: UTC in and out of machines, a local day for people.
 */

#include "base/base.h"

#include <stdio.h>
#include <string.h>


typedef struct {
    int64_t year;
    unsigned month; /* 1..12 */
    unsigned day;
    unsigned hour;
    unsigned minute;
    unsigned second;
} civil_t;


/* Days since 1970-01-01 of a proleptic Gregorian date; years counted from March make leap days
 * last. */
static int64_t days_from_civil(int64_t year, unsigned month, unsigned day)
{
    int64_t y = month <= 2 ? year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    unsigned of_era = (unsigned) (y - era * 400);
    unsigned of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}


static civil_t civil_from_seconds(int64_t seconds)
{
    int64_t days = seconds / 86400, rest = seconds % 86400;
    int64_t era;
    unsigned of_era, year, of_year, shifted;
    civil_t c;

    if (rest < 0) {
        rest += 86400;
        days--;
    }

    days += 719468;
    era = (days >= 0 ? days : days - 146096) / 146097;
    of_era = (unsigned) (days - era * 146097);
    year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    of_year = of_era - (365 * year + year / 4 - year / 100);
    shifted = (5 * of_year + 2) / 153;

    c.day = of_year - (153 * shifted + 2) / 5 + 1;
    c.month = shifted < 10 ? shifted + 3 : shifted - 9;
    c.year = (int64_t) year + era * 400 + (c.month <= 2);
    c.hour = (unsigned) (rest / 3600);
    c.minute = (unsigned) (rest / 60 % 60);
    c.second = (unsigned) (rest % 60);

    return c;
}


/* Four digits of a year are all that the formats have room for. */
static civil_t bounded(int64_t seconds)
{
    const int64_t first = -62167219200; /* 0000-01-01T00:00:00Z */
    const int64_t last = 253402300799;  /* 9999-12-31T23:59:59Z */

    return civil_from_seconds(seconds < first ? first : seconds > last ? last : seconds);
}


void shop_time_compact(int64_t seconds, char out[15])
{
    civil_t c = bounded(seconds);

    (void) snprintf(out, 15, "%04u%02u%02u%02u%02u%02u", (unsigned) c.year % 10000, c.month % 100,
                    c.day % 100, c.hour % 100, c.minute % 100, c.second % 100);
}


void shop_time_iso(int64_t seconds, char out[21])
{
    civil_t c = bounded(seconds);

    (void) snprintf(out, 21, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned) c.year % 10000,
                    c.month % 100, c.day % 100, c.hour % 100, c.minute % 100, c.second % 100);
}


shop_status_t shop_time_date(shop_arena_t *a, int64_t seconds, int32_t utc_offset, const char *lang,
                             shop_str_t *text)
{
    static const char *const english[] = {"January",   "February", "March",    "April",
                                          "May",       "June",     "July",     "August",
                                          "September", "October",  "November", "December"};
    static const char *const french[] = {
        "janvier", "f\303\251vrier", "mars",      "avril",   "mai",      "juin",
        "juillet", "ao\303\273t",    "septembre", "octobre", "novembre", "d\303\251cembre"};

    int64_t local;
    civil_t c;
    bool fr = strncmp(lang, "fr", 2) == 0;

    if (__builtin_add_overflow(seconds, (int64_t) utc_offset, &local)) {
        local = seconds;
    }

    c = bounded(local);

    if (fr && c.day == 1) {
        return shop_arena_printf(a, text, "1er %s %d", french[c.month - 1], (int) c.year);
    }

    return shop_arena_printf(a, text, "%u %s %d", c.day,
                             fr ? french[c.month - 1] : english[c.month - 1], (int) c.year);
}


static bool take_number(shop_str_t *s, size_t digits, unsigned *value)
{
    unsigned n = 0;

    if (s->len < digits) {
        return false;
    }

    for (size_t i = 0; i < digits; i++) {
        if (s->data[i] < '0' || s->data[i] > '9') {
            return false;
        }

        n = n * 10 + (unsigned) (s->data[i] - '0');
    }

    s->data += digits;
    s->len -= digits;
    *value = n;

    return true;
}


static bool take_char(shop_str_t *s, const char *any)
{
    if (s->len == 0 || strchr(any, s->data[0]) == NULL || s->data[0] == '\0') {
        return false;
    }

    s->data++;
    s->len--;

    return true;
}


/* "Z", "+02", "+02:00", "+0200" or nothing (UTC). */
static bool take_zone(shop_str_t *s, int64_t *offset)
{
    unsigned hours, minutes = 0;
    bool west;

    *offset = 0;

    if (s->len == 0 || take_char(s, "Zz")) {
        return s->len == 0;
    }

    west = s->data[0] == '-';

    if (!take_char(s, "+-") || !take_number(s, 2, &hours)) {
        return false;
    }

    if (s->len > 0) {
        (void) take_char(s, ":");
        if (!take_number(s, 2, &minutes)) {
            return false;
        }
    }

    *offset = (int64_t) (hours * 3600 + minutes * 60) * (west ? -1 : 1);

    return s->len == 0 && hours < 24 && minutes < 60;
}


static bool take_clock(shop_str_t *s, civil_t *c)
{
    if (!take_number(s, 2, &c->hour) || !take_char(s, ":") || !take_number(s, 2, &c->minute)) {
        return false;
    }

    if (take_char(s, ":") && !take_number(s, 2, &c->second)) {
        return false;
    }

    /* Fractions of a second, as PostgreSQL writes them, are dropped. */
    if (take_char(s, ".")) {
        while (s->len > 0 && s->data[0] >= '0' && s->data[0] <= '9') {
            s->data++;
            s->len--;
        }
    }

    return c->hour < 24 && c->minute < 60 && c->second < 61;
}


shop_status_t shop_time_parse(shop_str_t text, int64_t *seconds)
{
    static const unsigned char month_days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    shop_str_t s = text;
    civil_t c = {0};
    unsigned year;
    int64_t offset = 0;

    if (!take_number(&s, 4, &year) || !take_char(&s, "-") || !take_number(&s, 2, &c.month) ||
        !take_char(&s, "-") || !take_number(&s, 2, &c.day)) {
        return SHOP_MALFORMED;
    }

    if (c.month < 1 || c.month > 12 || c.day < 1 || c.day > month_days[c.month - 1] ||
        (c.month == 2 && c.day == 29 && (year % 4 != 0 || (year % 100 == 0 && year % 400 != 0)))) {
        return SHOP_MALFORMED;
    }

    if (s.len > 0 && (!take_char(&s, "Tt ") || !take_clock(&s, &c) || !take_zone(&s, &offset))) {
        return SHOP_MALFORMED;
    }

    *seconds = days_from_civil(year, c.month, c.day) * 86400 + c.hour * 3600 + c.minute * 60 +
               c.second - offset;

    return SHOP_OK;
}
