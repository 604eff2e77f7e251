/*
 * The files of the spool, by plain system calls in a thread: durable writing, taking the oldest one
 * exclusively, removing it, putting it back.
 *
 * "<time>.<process>.<number>.msg" waits; "….msg.taken.<process>" is being worked on; "….msg.aside"
 * is left to a person; names that begin with a dot are being written. A taken file whose process is
 * gone is taken again.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "link/spool_internal.h"

#define ASIDE ".aside"
#define CONTENT_MAX (16 * 1024 * 1024)


static void work_write(shop_spool_job_t *job, int directory);
static int write_all(int fd, const unsigned char *data, size_t len);
static ngx_uint_t count_files(int directory);
static void work_take(shop_spool_job_t *job, int directory);
static int find_oldest(int directory, char *oldest, size_t size);
static bool may_take(int directory, const char *name);
static void read_content(shop_spool_job_t *job, int directory);
static void work_remove(shop_spool_job_t *job, int directory);
static void work_return(shop_spool_job_t *job, int directory, const char *suffix);
static void fail(shop_spool_job_t *job, const char *what);
static DIR *open_again(int directory);


void shop_spool_work(void *data, ngx_log_t *log)
{
    shop_spool_job_t *job = data;
    int directory;

    job->failed = NULL;

    directory = open(job->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0) {
        fail(job, "open directory");
        return;
    }

    switch (job->what) {
    case SHOP_SPOOL_WRITE:
        work_write(job, directory);
        break;

    case SHOP_SPOOL_TAKE:
        work_take(job, directory);
        break;

    case SHOP_SPOOL_REMOVE:
        work_remove(job, directory);
        break;

    case SHOP_SPOOL_RETURN:
        work_return(job, directory, "");
        break;

    case SHOP_SPOOL_ASIDE:
        work_return(job, directory, ASIDE);
        break;
    }

    close(directory);
}


static void fail(shop_spool_job_t *job, const char *what)
{
    job->error = errno;
    job->failed = what;
}


/* Durable means: the content, then the name, then the directory that holds the name. */
static void work_write(shop_spool_job_t *job, int directory)
{
    char hidden[sizeof(job->name) + 1];
    int fd;

    if (job->files_max > 0 && count_files(directory) >= job->files_max) {
        job->full = 1;
        return;
    }

    (void) snprintf(hidden, sizeof(hidden), ".%s", job->name);

    fd = openat(directory, hidden, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        fail(job, "create file");
        return;
    }

    if (write_all(fd, job->text.data, job->text.len) != 0) {
        fail(job, "write file");

    } else if (fsync(fd) != 0) {
        fail(job, "fsync file");
    }

    if (close(fd) != 0 && job->failed == NULL) {
        fail(job, "close file");
    }

    if (job->failed == NULL && renameat(directory, hidden, directory, job->name) != 0) {
        fail(job, "rename file");
    }

    if (job->failed != NULL) {
        (void) unlinkat(directory, hidden, 0);
        return;
    }

    if (fsync(directory) != 0) {
        fail(job, "fsync directory");
    }
}


static int write_all(int fd, const unsigned char *data, size_t len)
{
    ssize_t n;

    while (len > 0) {
        n = write(fd, data, len);

        if (n < 0 && errno == EINTR) {
            continue;
        }

        if (n <= 0) {
            return -1;
        }

        data += n;
        len -= (size_t) n;
    }

    return 0;
}


/* fdopendir() takes its descriptor over; ours is still needed. */
static DIR *open_again(int directory)
{
    int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *dir;

    if (fd < 0) {
        return NULL;
    }

    dir = fdopendir(fd);
    if (dir == NULL) {
        close(fd);
    }

    return dir;
}


static ngx_uint_t count_files(int directory)
{
    DIR *dir = open_again(directory);
    struct dirent *entry;
    ngx_uint_t n = 0;

    if (dir == NULL) {
        return 0;
    }

    while ((entry = readdir(dir)) != NULL) {
        n += entry->d_name[0] != '.';
    }

    closedir(dir);

    return n;
}


static void work_take(shop_spool_job_t *job, int directory)
{
    char oldest[sizeof(job->name)], taken[sizeof(job->name)], *mark;
    int found, attempts;

    /* Another worker may be faster; then the next one is the oldest. */
    for (attempts = 0; attempts < 100; attempts++) {
        found = find_oldest(directory, oldest, sizeof(oldest));
        if (found <= 0) {
            if (found < 0) {
                fail(job, "read directory");
            }

            return;
        }

        mark = strstr(oldest, SHOP_SPOOL_TAKEN);
        if (snprintf(taken, sizeof(taken), "%.*s" SHOP_SPOOL_TAKEN "%d",
                     mark != NULL ? (int) (mark - oldest) : (int) strlen(oldest), oldest,
                     (int) getpid()) >= (int) sizeof(taken)) {
            errno = ENAMETOOLONG;
            fail(job, "take file");
            return;
        }

        if (renameat(directory, oldest, directory, taken) == 0) {
            memcpy(job->name, taken, sizeof(taken));
            read_content(job, directory);
            return;
        }

        if (errno != ENOENT) {
            fail(job, "take file");
            return;
        }
    }
}


/* 1: found, 0: nothing, -1: the directory cannot be read. */
static int find_oldest(int directory, char *oldest, size_t size)
{
    DIR *dir = open_again(directory);
    struct dirent *entry;

    if (dir == NULL) {
        return -1;
    }

    oldest[0] = '\0';

    while ((entry = readdir(dir)) != NULL) {
        if (strlen(entry->d_name) < size && may_take(directory, entry->d_name) &&
            (oldest[0] == '\0' || strcmp(entry->d_name, oldest) < 0)) {
            memcpy(oldest, entry->d_name, strlen(entry->d_name) + 1);
        }
    }

    closedir(dir);

    return oldest[0] != '\0';
}


static bool may_take(int directory, const char *name)
{
    const char *end = strstr(name, ".msg"), *owner;

    if (name[0] == '.' || end == NULL) {
        return false;
    }

    if (end[4] == '\0') {
        return true;
    }

    if (strncmp(end + 4, SHOP_SPOOL_TAKEN, sizeof(SHOP_SPOOL_TAKEN) - 1) != 0) {
        return false;
    }

    owner = end + 4 + sizeof(SHOP_SPOOL_TAKEN) - 1;

    return !shop_spool_alive(directory, strtol(owner, NULL, 10));
}


static void read_content(shop_spool_job_t *job, int directory)
{
    struct stat st;
    ssize_t n;
    int fd;

    fd = openat(directory, job->name, O_RDONLY | O_CLOEXEC);

    if (fd < 0 || fstat(fd, &st) != 0) {
        fail(job, "open file");

    } else if (st.st_size > CONTENT_MAX) {
        errno = EFBIG;
        fail(job, "read file");

    } else if ((job->content = malloc((size_t) st.st_size + 1)) == NULL) {
        fail(job, "allocate");
    }

    while (job->failed == NULL && job->length < (size_t) st.st_size) {
        n = read(fd, job->content + job->length, (size_t) st.st_size - job->length);

        if (n < 0 && errno == EINTR) {
            continue;
        }

        if (n < 0) {
            fail(job, "read file");
        }

        if (n <= 0) {
            break;
        }

        job->length += (size_t) n;
    }

    if (fd >= 0) {
        close(fd);
    }
}


static void work_remove(shop_spool_job_t *job, int directory)
{
    if (unlinkat(directory, job->name, 0) != 0 && errno != ENOENT) {
        fail(job, "remove file");
        return;
    }

    if (fsync(directory) != 0) {
        fail(job, "fsync directory");
    }
}


/* The mark of the process that had it gives way to the suffix, which is no longer than the mark. */
static void work_return(shop_spool_job_t *job, int directory, const char *suffix)
{
    char waiting[sizeof(job->name)], *mark;

    memcpy(waiting, job->name, sizeof(waiting));

    mark = strstr(waiting, SHOP_SPOOL_TAKEN);
    if (mark == NULL) {
        return;
    }

    memcpy(mark, suffix, strlen(suffix) + 1);

    if (renameat(directory, job->name, directory, waiting) != 0) {
        fail(job, "put file back");
    }
}
