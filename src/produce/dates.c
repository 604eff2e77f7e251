/*
 * The period of a product instance: handlers.md 3.3.
 *
 * Everything counts from the moment of the payment, so that a late production shifts nothing.
 */

#include "produce/produce_internal.h"

#define DEFAULT_RENEWABLE_DAYS 365
#define COUNT_MAX 100000 /* days or hours: far beyond any product, far below overflow */


/* "+30D", "+12H" (letters in either case): seconds. */
static bool parse_relative(shop_str_t text, int64_t *seconds, bool *days)
{
    int64_t n;
    unsigned char unit;

    if (text.len < 3 || text.data[0] != '+') {
        return false;
    }
    unit = text.data[text.len - 1];
    *days = unit == 'D' || unit == 'd';
    if (!*days && unit != 'H' && unit != 'h') {
        return false;
    }
    if (shop_str_to_int((shop_str_t){text.len - 2, text.data + 1}, &n) != SHOP_OK ||
        n > COUNT_MAX) {
        return false;
    }
    *seconds = n * (*days ? SHOP_DAY : 3600);
    return true;
}


/* With calendar days, the last second of that day in the shop's time zone. */
static int64_t end_of_days(const shop_dates_in_t *in, int64_t end)
{
    int64_t local = end + in->utc_offset;

    if (!in->calendar_days) {
        return end;
    }
    return local - local % SHOP_DAY + SHOP_DAY - 1 - in->utc_offset;
}


static shop_status_t parse_moment(const shop_dates_in_t *in, shop_str_t text, int64_t from,
                                  int64_t *moment)
{
    int64_t seconds;
    bool days;

    if (text.data[0] == '+') {
        if (!parse_relative(text, &seconds, &days)) {
            return SHOP_MALFORMED;
        }
        *moment = days ? end_of_days(in, from + seconds) : from + seconds;
        return SHOP_OK;
    }
    if (shop_str_to_int(text, moment) == SHOP_OK) {
        return SHOP_OK;
    }
    return shop_time_parse(text, moment) == SHOP_OK ? SHOP_OK : SHOP_MALFORMED;
}


static shop_status_t compute_start(const shop_dates_in_t *in, int64_t *start)
{
    shop_dates_in_t plain = *in;
    shop_str_t text = shop_str_trim(in->starttime);

    plain.calendar_days = false; /* a start keeps its hour */
    *start = in->moment;
    if (text.len != 0) {
        shop_status_t status = parse_moment(&plain, text, in->moment, start);

        if (status != SHOP_OK) {
            return status;
        }
    }
    if (*start < in->course_start) {
        *start = in->course_start;
    }
    return SHOP_OK;
}


static shop_status_t compute_end(const shop_dates_in_t *in, int64_t start, int64_t *end)
{
    shop_str_t text = shop_str_trim(in->endtime);
    shop_str_t duration = shop_str_trim(in->duration);
    int64_t days = 0;

    *end = 0;
    if (text.len != 0) {
        return parse_moment(in, text, start, end);
    }
    if (duration.len != 0 && (shop_str_to_int(duration, &days) != SHOP_OK || days > COUNT_MAX)) {
        return SHOP_MALFORMED;
    }
    if (days == 0 && in->renewable) {
        days = DEFAULT_RENEWABLE_DAYS;
    }
    if (days != 0) {
        *end = end_of_days(in, start + days * SHOP_DAY);
    }
    return SHOP_OK;
}


shop_status_t shop_dates_compute(const shop_dates_in_t *in, shop_dates_t *dates)
{
    shop_status_t status = compute_start(in, &dates->start);

    if (status == SHOP_OK) {
        status = compute_end(in, dates->start, &dates->end);
    }
    if (status == SHOP_OK && dates->end != 0 && dates->end <= dates->start) {
        return SHOP_REFUSED;
    }
    return status;
}
