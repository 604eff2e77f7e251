/*
 * The certificate's page: drawn for names in any script, the same each time, and written to the
 * file named by the argument, for a look or for pdftotext. What it says is tested by
 * t/view/certificate.t.
 */

#include "views.h"

#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>


static shop_certificate_t certificate = {
    .title = SHOP_STR("Certificate"),
    .lead = SHOP_STR("This is to certify that"),
    .body = SHOP_STR("has completed the course"),
    .course = SHOP_STR("Making one’s first web site"),
    .date = SHOP_STR("completed on 3 May 2026"),
    .seller = SHOP_STR("Atelier Campus"),
    .number = SHOP_STR("Certificate number: C-2026-ABCDEFGH"),
    .verify = SHOP_STR("Anybody can check it at https://shop.example.org/shop/ac/certificate/C-1"),
    .address = SHOP_STR("https://shop.example.org/shop/ac/certificate/C-1"),
    .issued_at = "2026-05-03T10:00:00Z",
};


static void draws(const char *name, const char *what, const char *file)
{
    unsigned char *first = NULL, *second = NULL;
    size_t len = 0, again = 0;

    certificate.holder = shop_str(name);
    is_int(shop_certificate_pdf(&certificate, &first, &len), SHOP_OK, what);
    is_int(shop_certificate_pdf(&certificate, &second, &again), SHOP_OK, what);
    ok(len > 1000 && memcmp(first, "%PDF-", 5) == 0, "a document");
    ok(len == again && memcmp(first, second, len) == 0, "the same each time");

    if (file != NULL) {
        FILE *out = fopen(file, "wb");

        ok(out != NULL && fwrite(first, 1, len, out) == len && fclose(out) == 0, "written");
    }

    free(first);
    free(second);
}


int main(int argc, char **argv)
{
    unsigned char broken[] = {0x89, 'P', 'N', 'G', 0, 0};

    views_begin();
    draws("Ada Martin", "Latin", NULL);
    draws("عائشة الهاشمي", "Arabic", NULL);
    draws("王小明", "Chinese", NULL);
    draws("Maximiliane-Wilhelmine Freifrau von und zu Hohenlohe-Langenburg-Schillingsfürst",
          "a long name", NULL);
    certificate.logo = (shop_str_t){sizeof(broken), broken};
    draws(argc > 1 ? argv[1] : "Ada Martin", "a broken picture", argc > 2 ? argv[2] : NULL);

    /* The libraries keep what they have found; they give it back for the leak checker. */
    pango_cairo_font_map_set_default(NULL);
    cairo_debug_reset_static_data();
    FcFini();

    views_end();
    return done_testing();
}
