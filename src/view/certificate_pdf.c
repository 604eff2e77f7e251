/*
 * A certificate as a PDF page: A4 across, texts in any script (pango), a QR symbol of the address
 * where it can be checked.
 *
 * Takes tens of milliseconds, so it is meant for a thread: no arena, nothing global of ours. The
 * same certificate gives the same page whenever it is printed.
 */

#include "view/view.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>


#define PAGE_WIDTH 842.0 /* points, ISO 216 A4 */
#define PAGE_HEIGHT 595.0
#define MARGIN 70.0
#define FONTS "Noto Sans, DejaVu Sans, sans-serif"
#define QR_SIDE 84.0
#define QR_QUIET 4       /* modules of white around the symbol, ISO/IEC 18004 */
#define PICTURE_MAX 2000 /* pixels of a side */


typedef struct {
    unsigned char *data;
    size_t len;
    size_t capacity;
} page_bytes_t;

typedef struct {
    shop_str_t rest;
} picture_reader_t;

typedef struct {
    double size; /* points */
    const char *weight;
    double grey;
} style_t;

static const style_t style_title = {34, "Bold", 0.1};
static const style_t style_plain = {14, "", 0.3};
static const style_t style_holder = {30, "Bold", 0};
static const style_t style_course = {21, "Bold", 0.1};
static const style_t style_small = {9, "", 0.35};
static const style_t style_seller = {12, "Bold", 0.1};


static cairo_status_t add_bytes(void *closure, const unsigned char *data, unsigned int length)
{
    page_bytes_t *bytes = closure;

    if (bytes->len + length > bytes->capacity) {
        size_t capacity = 2 * (bytes->len + length);
        unsigned char *grown = realloc(bytes->data, capacity);

        if (grown == NULL) {
            return CAIRO_STATUS_NO_MEMORY;
        }

        bytes->data = grown;
        bytes->capacity = capacity;
    }

    memcpy(bytes->data + bytes->len, data, length);
    bytes->len += length;

    return CAIRO_STATUS_SUCCESS;
}


static cairo_status_t read_bytes(void *closure, unsigned char *data, unsigned int length)
{
    picture_reader_t *reader = closure;

    if (reader->rest.len < length) {
        return CAIRO_STATUS_READ_ERROR;
    }

    memcpy(data, reader->rest.data, length);
    reader->rest.data += length;
    reader->rest.len -= length;

    return CAIRO_STATUS_SUCCESS;
}


static PangoLayout *text_layout(cairo_t *cr, shop_str_t text, const style_t *style, double size)
{
    PangoLayout *layout = pango_cairo_create_layout(cr);
    PangoFontDescription *font = pango_font_description_from_string(FONTS);

    if (strcmp(style->weight, "Bold") == 0) {
        pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    }

    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_text(layout, (const char *) text.data, (int) text.len);

    return layout;
}


/* One centred line at this height; what is too long is set smaller, then on two lines. */
static void draw_centred(cairo_t *cr, shop_str_t text, const style_t *style, double y)
{
    double room = PAGE_WIDTH - 2 * MARGIN, size = style->size;
    PangoLayout *layout = text_layout(cr, text, style, size);
    int width, height;

    pango_layout_get_pixel_size(layout, &width, &height);

    if (width > room) {
        size = style->size * room / width;
        size = size < style->size / 2 ? style->size / 2 : size;
        g_object_unref(layout);
        layout = text_layout(cr, text, style, size);
    }

    pango_layout_set_width(layout, (int) (room * PANGO_SCALE));
    pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_height(layout, -2);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);

    cairo_set_source_rgb(cr, style->grey, style->grey, style->grey);
    cairo_move_to(cr, MARGIN, y);
    pango_cairo_show_layout(cr, layout);
    g_object_unref(layout);
}


static void draw_block(cairo_t *cr, shop_str_t text, const style_t *style, double x, double y,
                       double width)
{
    PangoLayout *layout = text_layout(cr, text, style, style->size);

    pango_layout_set_width(layout, (int) (width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_height(layout, -4);
    pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);

    cairo_set_source_rgb(cr, style->grey, style->grey, style->grey);
    cairo_move_to(cr, x, y);
    pango_cairo_show_layout(cr, layout);
    g_object_unref(layout);
}


static void draw_frame(cairo_t *cr)
{
    cairo_set_source_rgb(cr, 0.043, 0.361, 0.541);
    cairo_set_line_width(cr, 3);
    cairo_rectangle(cr, 24, 24, PAGE_WIDTH - 48, PAGE_HEIGHT - 48);
    cairo_stroke(cr);
    cairo_set_line_width(cr, 0.75);
    cairo_rectangle(cr, 31, 31, PAGE_WIDTH - 62, PAGE_HEIGHT - 62);
    cairo_stroke(cr);
}


/* A PNG within a box, centred in it; one that cannot be read is left out. */
static void draw_picture(cairo_t *cr, shop_str_t png, double x, double y, double width,
                         double height)
{
    picture_reader_t reader = {png};

    if (png.len == 0) {
        return;
    }

    cairo_surface_t *picture = cairo_image_surface_create_from_png_stream(read_bytes, &reader);
    int w = cairo_image_surface_get_width(picture), h = cairo_image_surface_get_height(picture);

    if (cairo_surface_status(picture) == CAIRO_STATUS_SUCCESS && w > 0 && h > 0 &&
        w <= PICTURE_MAX && h <= PICTURE_MAX) {
        double scale = width / w < height / h ? width / w : height / h;

        cairo_save(cr);
        cairo_translate(cr, x + (width - w * scale) / 2, y + (height - h * scale) / 2);
        cairo_scale(cr, scale, scale);
        cairo_set_source_surface(cr, picture, 0, 0);
        cairo_paint(cr);
        cairo_restore(cr);
    }

    cairo_surface_destroy(picture);
}


static bool draw_qr(cairo_t *cr, shop_str_t payload, double x, double y)
{
    QRcode *code = QRcode_encodeData((int) payload.len, payload.data, 0, QR_ECLEVEL_M);

    if (code == NULL) {
        return false;
    }

    double module = QR_SIDE / (code->width + 2 * QR_QUIET);

    cairo_set_source_rgb(cr, 0, 0, 0);

    for (int row = 0; row < code->width; row++) {
        for (int column = 0; column < code->width; column++) {
            if (code->data[row * code->width + column] & 1) {
                cairo_rectangle(cr, x + (column + QR_QUIET) * module, y + (row + QR_QUIET) * module,
                                module, module);
            }
        }
    }

    cairo_fill(cr);
    QRcode_free(code);

    return true;
}


static bool draw_page(cairo_t *cr, const shop_certificate_t *certificate)
{
    double right = PAGE_WIDTH - MARGIN;

    draw_frame(cr);
    draw_picture(cr, certificate->logo, PAGE_WIDTH / 2 - 120, 48, 240, 56);
    draw_centred(cr, certificate->title, &style_title, 118);
    draw_centred(cr, certificate->lead, &style_plain, 182);
    draw_centred(cr, certificate->holder, &style_holder, 214);
    draw_centred(cr, certificate->body, &style_plain, 280);
    draw_centred(cr, certificate->course, &style_course, 310);
    draw_centred(cr, certificate->date, &style_plain, 372);

    draw_picture(cr, certificate->signature, MARGIN, 420, 180, 60);
    draw_block(cr, certificate->seller, &style_seller, MARGIN, 490, 300);

    draw_block(cr, certificate->number, &style_small, right - 290, 462, 190);
    draw_block(cr, certificate->verify, &style_small, right - 290, 482, 190);

    return draw_qr(cr, certificate->address, right - QR_SIDE, 444);
}


static void describe(cairo_surface_t *surface, const shop_certificate_t *certificate)
{
    char title[256];

    (void) snprintf(title, sizeof(title), "%.*s", (int) certificate->number.len,
                    (const char *) certificate->number.data);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, certificate->issued_at);
}


shop_status_t shop_certificate_pdf(const shop_certificate_t *certificate, unsigned char **pdf,
                                   size_t *len)
{
    page_bytes_t bytes = {NULL, 0, 0};
    cairo_surface_t *surface =
        cairo_pdf_surface_create_for_stream(add_bytes, &bytes, PAGE_WIDTH, PAGE_HEIGHT);
    cairo_t *cr = cairo_create(surface);
    bool drawn;

    describe(surface, certificate);
    drawn = draw_page(cr, certificate);
    cairo_show_page(cr);
    drawn = drawn && cairo_status(cr) == CAIRO_STATUS_SUCCESS;
    cairo_destroy(cr);
    cairo_surface_finish(surface);
    drawn = drawn && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
    cairo_surface_destroy(surface);

    if (!drawn) {
        free(bytes.data);
        return SHOP_NO_MEMORY;
    }

    *pdf = bytes.data;
    *len = bytes.len;

    return SHOP_OK;
}
