/*
 * Reads a theme's templates and texts from its directory, as the module does when nginx starts.
 */

#include "theme.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>


bool theme_read_file(shop_arena_t *arena, const char *path, shop_str_t *content)
{
    struct stat info;
    FILE *file = fopen(path, "rb");

    if (file == NULL || fstat(fileno(file), &info) != 0) {
        perror(path);
        if (file != NULL) {
            fclose(file);
        }
        return false;
    }

    content->len = (size_t) info.st_size;
    content->data = shop_arena_alloc(arena, content->len + 1);
    bool read =
        content->data != NULL && fread(content->data, 1, content->len, file) == content->len;

    fclose(file);
    return read;
}


static bool add_template(theme_t *theme, const char *path, const char *name, size_t name_len)
{
    shop_str_t text;
    shop_str_t error = SHOP_STR_NULL;

    if (!theme_read_file(theme->arena, path, &text)) {
        return false;
    }
    if (shop_template_add(theme->set, (shop_str_t){name_len, (unsigned char *) name}, text,
                          &error) != SHOP_OK) {
        fprintf(stderr, "%s: %.*s\n", path, (int) error.len, (const char *) error.data);
        return false;
    }
    return true;
}


/* `below` is the path below templates/, empty or with a slash at its end. */
static bool add_directory(theme_t *theme, const char *directory, const char *below)
{
    const char suffix[] = ".mustache";
    char path[1024];
    char name[512];
    bool good = true;

    snprintf(path, sizeof(path), "%s/%s", directory, below);
    DIR *dir = opendir(path);
    if (dir == NULL) {
        perror(path);
        return false;
    }

    for (struct dirent *entry; good && (entry = readdir(dir)) != NULL;) {
        size_t len = strlen(entry->d_name);

        if (snprintf(name, sizeof(name), "%s%s", below, entry->d_name) >= (int) sizeof(name) ||
            snprintf(path, sizeof(path), "%s/%s", directory, name) >= (int) sizeof(path)) {
            fprintf(stderr, "%s: the path is too long\n", entry->d_name);
            good = false;
        } else if (len >= sizeof(suffix) &&
                   strcmp(entry->d_name + len - (sizeof(suffix) - 1), suffix) == 0) {
            good = add_template(theme, path, name, strlen(name) - (sizeof(suffix) - 1));
        } else if (strcmp(name, "mail") == 0) {
            good = add_directory(theme, directory, "mail/");
        }
    }

    closedir(dir);
    return good;
}


static bool add_strings(theme_t *theme, const char *directory)
{
    size_t count;
    const shop_lang_t *langs = shop_lang_list(&count);
    char path[1024];

    for (size_t i = 0; i < count; i++) {
        shop_str_t json;
        shop_str_t error = SHOP_STR_NULL;

        snprintf(path, sizeof(path), "%s/lang/%s.json", directory, langs[i].code);
        if (!theme_read_file(theme->arena, path, &json)) {
            return false;
        }
        if (shop_strings_load(theme->strings, &langs[i], json, &error) != SHOP_OK) {
            fprintf(stderr, "%s: %.*s\n", path, (int) error.len, (const char *) error.data);
            return false;
        }
    }
    return true;
}


bool theme_load(theme_t *theme, const char *directory)
{
    shop_str_t error = SHOP_STR_NULL;
    char templates[1024];

    theme->heap = shop_heap_create(-1);
    theme->arena = shop_heap_arena(theme->heap);
    snprintf(templates, sizeof(templates), "%s/templates", directory);

    if (shop_template_set_create(theme->arena, &theme->set) != SHOP_OK ||
        shop_strings_create(theme->arena, &theme->strings) != SHOP_OK ||
        !add_directory(theme, templates, "") || !add_strings(theme, directory)) {
        return false;
    }

    if (shop_template_set_link(theme->set, &error) != SHOP_OK) {
        fprintf(stderr, "%.*s\n", (int) error.len, (const char *) error.data);
    }
    return true;
}


void theme_free(theme_t *theme)
{
    shop_heap_destroy(theme->heap);
}
