/*
 * Who works on the spool: every process holds a lock on a file of its own, ".owner.<process>", for
 * as long as it lives; the kernel lets go of it, however the process ends. So files that a dead
 * process has taken are known as orphans even when another one has got its number, after a reboot
 * for example.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "link/spool_internal.h"

#define OWNER ".owner."


static void tidy_up(int directory, const char *name);
static bool is_partial(const char *name, long *process);


int shop_spool_hold(const char *path)
{
    struct stat held, named;
    char name[4096];
    int fd, attempts;

    if (snprintf(name, sizeof(name), "%s/" OWNER "%d", path, (int) getpid()) >=
        (int) sizeof(name)) {
        return -1;
    }

    /* Another process that starts may be removing the file of a former one with our number. */
    for (attempts = 0; attempts < 100; attempts++) {
        fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0) {
            return -1;
        }

        if (flock(fd, LOCK_EX | LOCK_NB) == 0 && fstat(fd, &held) == 0 && stat(name, &named) == 0 &&
            held.st_ino == named.st_ino) {
            return fd;
        }

        close(fd);
    }

    return -1;
}


void shop_spool_release(const char *path, int fd)
{
    char name[4096];

    if (fd < 0) {
        return;
    }

    if (snprintf(name, sizeof(name), "%s/" OWNER "%d", path, (int) getpid()) < (int) sizeof(name)) {
        (void) unlink(name);
    }

    close(fd);
}


/* What cannot be found out counts as alive. */
bool shop_spool_alive(int directory, long process)
{
    char name[64];
    bool alive;
    int fd;

    (void) snprintf(name, sizeof(name), OWNER "%ld", process);

    fd = openat(directory, name, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        return errno != ENOENT;
    }

    alive = flock(fd, LOCK_EX | LOCK_NB) != 0;
    if (!alive) {
        (void) unlinkat(directory, name, 0);
    }

    close(fd);

    return alive;
}


/* In a process that has just started: what has its number is of a former one. */
void shop_spool_recover(const char *path)
{
    struct dirent *entry;
    DIR *dir;

    dir = opendir(path);
    if (dir == NULL) {
        return;
    }

    while ((entry = readdir(dir)) != NULL) {
        tidy_up(dirfd(dir), entry->d_name);
    }

    closedir(dir);
}


static void tidy_up(int directory, const char *name)
{
    const char *mark = strstr(name, SHOP_SPOOL_TAKEN);
    char waiting[NAME_MAX + 1];
    long process;

    if (strncmp(name, OWNER, sizeof(OWNER) - 1) == 0) {
        (void) shop_spool_alive(directory, strtol(name + sizeof(OWNER) - 1, NULL, 10));
        return;
    }

    if (is_partial(name, &process)) {
        if (process == getpid() || !shop_spool_alive(directory, process)) {
            (void) unlinkat(directory, name, 0);
        }

        return;
    }

    if (mark != NULL && strtol(mark + sizeof(SHOP_SPOOL_TAKEN) - 1, NULL, 10) == getpid()) {
        (void) snprintf(waiting, sizeof(waiting), "%.*s", (int) (mark - name), name);
        (void) renameat(directory, name, directory, waiting);
    }
}


/* ".<time>.<process>.<number>.msg": never became a message, nobody was told that it had. */
static bool is_partial(const char *name, long *process)
{
    size_t len = strlen(name);
    char *end;

    if (name[0] != '.' || len < 5 || strcmp(name + len - 4, ".msg") != 0) {
        return false;
    }

    (void) strtoull(name + 1, &end, 10);
    if (end == name + 1 || *end != '.') {
        return false;
    }

    *process = strtol(end + 1, NULL, 10);

    return *process > 0;
}
