/*
 * The theme, read once at configuration time: templates, texts and the files that browsers fetch.
 * A mistake in one of them is a configuration error, with the file's name.
 */

#include "web/conf.h"


#define SHOP_THEME_FILE_MAX (2 * 1024 * 1024)


typedef struct {
    ngx_conf_t *cf;
    ngx_http_shop_main_conf_t *conf;
    shop_arena_t arena;
    size_t root; /* length of the folder's path with its slash */
    ngx_int_t (*take)(void *loader, shop_str_t name, shop_str_t content);
} theme_loader_t;


static ngx_int_t walk(theme_loader_t *loader, const char *folder,
                      ngx_int_t (*take)(void *loader, shop_str_t name, shop_str_t content));
static ngx_int_t on_file(ngx_tree_ctx_t *tree, ngx_str_t *path);
static ngx_int_t on_other(ngx_tree_ctx_t *tree, ngx_str_t *path);
static ngx_int_t read_file(theme_loader_t *loader, ngx_str_t *path, shop_str_t *content);
static ngx_int_t take_template(void *data, shop_str_t name, shop_str_t content);
static ngx_int_t take_language(void *data, shop_str_t name, shop_str_t content);
static ngx_int_t take_asset(void *data, shop_str_t name, shop_str_t content);
static ngx_int_t take_bootstrap(theme_loader_t *loader);
static bool strip_suffix(shop_str_t *name, const char *suffix);


static const struct {
    const char *suffix;
    const char *type;
} asset_types[] = {
    {".css", "text/css"},     {".js", "text/javascript"}, {".svg", "image/svg+xml"},
    {".png", "image/png"},    {".ico", "image/x-icon"},   {".webp", "image/webp"},
    {".woff2", "font/woff2"},
};


char *ngx_http_shop_conf_load_theme(ngx_conf_t *cf, ngx_http_shop_main_conf_t *conf)
{
    theme_loader_t loader;
    shop_str_t error = SHOP_STR("");

    loader.cf = cf;
    loader.conf = conf;
    loader.arena = shop_pool_arena(cf->pool);

    if (ngx_conf_full_name(cf->cycle, &conf->theme, 0) != NGX_OK ||
        ngx_conf_full_name(cf->cycle, &conf->bootstrap, 0) != NGX_OK ||
        shop_strings_create(&loader.arena, &conf->strings) != SHOP_OK ||
        shop_template_set_create(&loader.arena, &conf->templates) != SHOP_OK) {
        return NGX_CONF_ERROR;
    }

    if (walk(&loader, "/lang/", take_language) != NGX_OK ||
        walk(&loader, "/templates/", take_template) != NGX_OK ||
        walk(&loader, "/assets/", take_asset) != NGX_OK || take_bootstrap(&loader) != NGX_OK) {
        return NGX_CONF_ERROR;
    }

    if (shop_template_set_link(conf->templates, &error) != SHOP_OK) {
        ngx_log_error(NGX_LOG_EMERG, cf->log, 0, "\"shop_theme\" %V: %*s", &conf->theme, error.len,
                      error.data);
        return NGX_CONF_ERROR;
    }

    return NGX_CONF_OK;
}


static ngx_int_t walk(theme_loader_t *loader, const char *folder,
                      ngx_int_t (*take)(void *loader, shop_str_t name, shop_str_t content))
{
    ngx_tree_ctx_t tree;
    shop_str_t path;
    ngx_str_t name;

    if (shop_arena_printf(&loader->arena, &path, "%.*s%s%c", (int) loader->conf->theme.len,
                          loader->conf->theme.data, folder, '\0') != SHOP_OK) {
        return NGX_ERROR;
    }

    loader->root = path.len - 1;
    loader->take = take;

    ngx_memzero(&tree, sizeof(tree));
    tree.file_handler = on_file;
    tree.pre_tree_handler = on_other;
    tree.post_tree_handler = on_other;
    tree.spec_handler = on_other;
    tree.data = loader;
    tree.log = loader->cf->log;

    name.data = path.data;
    name.len = path.len - 2; /* without the last slash */
    path.data[name.len] = '\0';

    if (ngx_walk_tree(&tree, &name) == NGX_OK) {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, loader->cf->log, 0,
                  "\"shop_theme\": the folder \"%V\" cannot be read or holds a bad file", &name);
    return NGX_ERROR;
}


static ngx_int_t on_other(ngx_tree_ctx_t *tree, ngx_str_t *path)
{
    (void) tree;
    (void) path;

    return NGX_OK;
}


static ngx_int_t on_file(ngx_tree_ctx_t *tree, ngx_str_t *path)
{
    theme_loader_t *loader = tree->data;
    shop_str_t name, copy, content;

    if (read_file(loader, path, &content) != NGX_OK) {
        return NGX_ABORT;
    }

    name = (shop_str_t){path->len - loader->root, path->data + loader->root};

    if (shop_arena_copy(&loader->arena, name, &copy) != SHOP_OK) {
        return NGX_ABORT;
    }

    return loader->take(loader, copy, content) == NGX_OK ? NGX_OK : NGX_ABORT;
}


static ngx_int_t read_file(theme_loader_t *loader, ngx_str_t *path, shop_str_t *content)
{
    ngx_log_t *log = loader->cf->log;
    ngx_file_t file;
    ngx_file_info_t info;
    ssize_t n;
    off_t size;

    ngx_memzero(&file, sizeof(file));
    file.name = *path;
    file.log = log;
    file.fd = ngx_open_file(path->data, NGX_FILE_RDONLY, NGX_FILE_OPEN, 0);

    if (file.fd == NGX_INVALID_FILE) {
        ngx_log_error(NGX_LOG_EMERG, log, ngx_errno, "theme file \"%V\" cannot be opened", path);
        return NGX_ERROR;
    }

    if (ngx_fd_info(file.fd, &info) == NGX_FILE_ERROR ||
        ngx_file_size(&info) > SHOP_THEME_FILE_MAX) {
        ngx_log_error(NGX_LOG_EMERG, log, 0, "theme file \"%V\" is unreadable or too large", path);
        (void) ngx_close_file(file.fd);
        return NGX_ERROR;
    }

    size = ngx_file_size(&info);
    content->len = (size_t) size;
    content->data = ngx_pnalloc(loader->cf->pool, content->len + 1);
    n = content->data != NULL ? ngx_read_file(&file, content->data, content->len, 0) : NGX_ERROR;
    (void) ngx_close_file(file.fd);

    return n == (ssize_t) size ? NGX_OK : NGX_ERROR;
}


static bool strip_suffix(shop_str_t *name, const char *suffix)
{
    shop_str_t end = shop_str(suffix);

    if (name->len <= end.len ||
        ngx_memcmp(name->data + name->len - end.len, end.data, end.len) != 0) {
        return false;
    }

    name->len -= end.len;
    return true;
}


static ngx_int_t take_template(void *data, shop_str_t name, shop_str_t content)
{
    theme_loader_t *loader = data;
    shop_str_t error = SHOP_STR("");

    if (!strip_suffix(&name, ".mustache")) {
        return NGX_OK;
    }

    if (shop_template_add(loader->conf->templates, name, content, &error) == SHOP_OK) {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, loader->cf->log, 0, "\"shop_theme\": %*s", error.len, error.data);
    return NGX_ERROR;
}


static ngx_int_t take_language(void *data, shop_str_t name, shop_str_t content)
{
    theme_loader_t *loader = data;
    const shop_lang_t *lang;
    shop_str_t error = SHOP_STR("");

    if (!strip_suffix(&name, ".json")) {
        return NGX_OK;
    }

    lang = shop_lang_find(name);
    if (lang == NULL) {
        ngx_log_error(NGX_LOG_EMERG, loader->cf->log, 0,
                      "\"shop_theme\": lang/%*s.json is of a language that the shop does not know",
                      name.len, name.data);
        return NGX_ERROR;
    }

    if (shop_strings_load(loader->conf->strings, lang, content, &error) == SHOP_OK) {
        return NGX_OK;
    }

    ngx_log_error(NGX_LOG_EMERG, loader->cf->log, 0, "\"shop_theme\": lang/%*s.json: %*s", name.len,
                  name.data, error.len, error.data);
    return NGX_ERROR;
}


static ngx_int_t take_asset(void *data, shop_str_t name, shop_str_t content)
{
    theme_loader_t *loader = data;
    ngx_http_shop_asset_t *asset;
    shop_str_t stem = name, hash;
    u_char digest[SHOP_SHA256_SIZE];
    size_t i;

    for (i = 0; i < sizeof(asset_types) / sizeof(asset_types[0]); i++) {
        if (strip_suffix(&stem, asset_types[i].suffix)) {
            break;
        }
    }

    if (i == sizeof(asset_types) / sizeof(asset_types[0])) {
        return NGX_OK;
    }

    if (shop_sha256(content, digest) != SHOP_OK ||
        shop_hex_encode(&loader->arena, (shop_str_t){8, digest}, &hash) != SHOP_OK) {
        return NGX_ERROR;
    }

    asset = ngx_array_push(&loader->conf->assets);
    if (asset == NULL) {
        return NGX_ERROR;
    }

    asset->name = (ngx_str_t){name.len, name.data};
    asset->hash = (ngx_str_t){hash.len, hash.data};
    asset->content = (ngx_str_t){content.len, content.data};
    asset->type.data = (u_char *) asset_types[i].type;
    asset->type.len = ngx_strlen(asset_types[i].type);

    return NGX_OK;
}


static ngx_int_t take_bootstrap(theme_loader_t *loader)
{
    shop_str_t content;

    if (read_file(loader, &loader->conf->bootstrap, &content) != NGX_OK) {
        ngx_log_error(NGX_LOG_EMERG, loader->cf->log, 0,
                      "\"shop_bootstrap\": install libjs-bootstrap5 or name bootstrap.min.css");
        return NGX_ERROR;
    }

    return take_asset(loader, SHOP_STR("bootstrap.min.css"), content);
}
