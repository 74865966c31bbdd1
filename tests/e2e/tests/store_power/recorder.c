/* Loaded before the C library: records what a process does to the files below DISK_DIR, in one order, into DISK_LOG, together with
 * what it prints. From the recording the disk can be rebuilt as it might look after a power loss at any point. With DISK_ROOM (bytes) the
 * disk is full once the files have grown by so much.
 *
 * A record: kind (1 byte), length of the path (2), path relative to DISK_DIR, offset (8), length of the data (4), data. Host order. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
static const char *root;
static size_t root_length;
static int record_fd = -1;
static int64_t room = -1;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *log = getenv("DISK_LOG"), *limit = getenv("DISK_ROOM");
    root = getenv("DISK_DIR");
    if (!root || !log) return;
    root_length = strlen(root);
    record_fd = REAL(open64)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (limit) room = atoll(limit);
}

/* The part of an absolute path below the directory, or NULL when it is elsewhere. */
static const char *below(const char *path) {
    if (record_fd < 0 || strncmp(path, root, root_length) != 0 || path[root_length] != '/') return NULL;
    return path + root_length + 1;
}

/* The same of an open file. */
static const char *file_below(int fd, char *buffer) {
    char link[64];
    if (record_fd < 0) return NULL;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, buffer, PATH_MAX - 1);
    if (length < 0) return NULL;
    buffer[length] = 0;
    if (length > 10 && strcmp(buffer + length - 10, " (deleted)") == 0) return NULL;
    return below(buffer);
}

static void put(const void *data, size_t length) {
    const char *at = data;
    while (length > 0) {
        ssize_t written = REAL(write)(record_fd, at, length);
        if (written <= 0) abort();
        at += written;
        length -= written;
    }
}

static void record(char kind, const char *path, int64_t offset, const void *data, size_t length) {
    uint16_t path_length = strlen(path);
    uint32_t data_length = length;
    put(&kind, 1);
    put(&path_length, 2);
    put(path, path_length);
    put(&offset, 8);
    put(&data_length, 4);
    put(data, length);
}

/* Whether a write may make the file this long. */
static int has_room(int fd, off_t end) {
    struct stat now;
    if (room < 0 || fstat(fd, &now) != 0 || end <= now.st_size) return 1;
    if (end - now.st_size > room) return 0;
    room -= end - now.st_size;
    return 1;
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    char buffer[PATH_MAX];
    /* A path is only good as long as nothing is renamed. */
    pthread_mutex_lock(&order);
    const char *path = file_below(fd, buffer);
    ssize_t written = -1;
    if (!path || has_room(fd, offset + length)) {
        written = REAL(pwrite64)(fd, data, length, offset);
        if (path && written > 0) record('W', path, offset, data, written);
    } else {
        errno = ENOSPC;
    }
    pthread_mutex_unlock(&order);
    return written;
}

ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return pwrite64(fd, data, length, offset); }

/* To standard output: printed, and recorded before it can be read. */
static ssize_t say(const void *data, size_t length) {
    pthread_mutex_lock(&order);
    record('A', "", 0, data, length);
    pthread_mutex_unlock(&order);
    return REAL(write)(STDOUT_FILENO, data, length);
}

static int is_ours(int fd) {
    char buffer[PATH_MAX];
    return file_below(fd, buffer) != NULL;
}

ssize_t write(int fd, const void *data, size_t length) {
    char buffer[PATH_MAX];
    if (fd == STDOUT_FILENO && record_fd >= 0) return say(data, length);
    if (!is_ours(fd)) return REAL(write)(fd, data, length);
    ssize_t written = -1;
    pthread_mutex_lock(&order);
    const char *path = file_below(fd, buffer);
    off_t offset = (fcntl(fd, F_GETFL) & O_APPEND) ? lseek(fd, 0, SEEK_END) : lseek(fd, 0, SEEK_CUR);
    if (has_room(fd, offset + length)) {
        written = REAL(write)(fd, data, length);
        if (path && written > 0) record('W', path, offset, data, written);
    } else {
        errno = ENOSPC;
    }
    pthread_mutex_unlock(&order);
    return written;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (!is_ours(fd) && fd != STDOUT_FILENO) return REAL(writev)(fd, parts, count);
    /* A short write is allowed: the caller goes on with the rest. */
    for (int i = 0; i < count; i++)
        if (parts[i].iov_len > 0) return write(fd, parts[i].iov_base, parts[i].iov_len);
    return 0;
}

#define ON_FILE(kind, offset, call)                   \
    char buffer[PATH_MAX];                            \
    if (!is_ours(fd)) return call;                    \
    pthread_mutex_lock(&order);                       \
    const char *path = file_below(fd, buffer);        \
    int answer = call;                                \
    if (path && answer == 0) record(kind, path, offset, "", 0); \
    pthread_mutex_unlock(&order);                     \
    return answer;

int fsync(int fd) { ON_FILE('S', 0, REAL(fsync)(fd)) }
int fdatasync(int fd) { ON_FILE('S', 0, REAL(fdatasync)(fd)) }
int sync_file_range(int fd, off64_t from, off64_t length, unsigned flags) {
    ON_FILE('R', 0, REAL(sync_file_range)(fd, from, length, flags))
}
int ftruncate64(int fd, off64_t size) { ON_FILE('T', size, REAL(ftruncate64)(fd, size)) }
int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

static int opened(int fd, int flags, int existed) {
    char buffer[PATH_MAX];
    struct stat now;
    if (fd < 0 || record_fd < 0 || fstat(fd, &now) != 0 || !S_ISREG(now.st_mode)) return fd;
    const char *path = file_below(fd, buffer);
    if (path && (!existed || (flags & O_TRUNC))) record('C', path, 0, "", 0);
    return fd;
}

/* Only what may make a file waits for its turn: a plain open may block, and changes nothing. */
#define OPEN(name)                                                  \
    int name(const char *path, int flags, ...) {                    \
        va_list arguments;                                          \
        va_start(arguments, flags);                                 \
        int mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(arguments, int) : 0; \
        va_end(arguments);                                          \
        if (!(flags & (O_CREAT | O_TRUNC))) return REAL(name)(path, flags, mode); \
        pthread_mutex_lock(&order);                                 \
        int existed = access(path, F_OK) == 0;                      \
        int fd = opened(REAL(name)(path, flags, mode), flags, existed); \
        pthread_mutex_unlock(&order);                               \
        return fd;                                                  \
    }
OPEN(open)
OPEN(open64)

#define ON_PATH(kind, from, call)                     \
    const char *path = below(from);                   \
    if (!path) return call;                           \
    pthread_mutex_lock(&order);                       \
    int answer = call;                                \
    if (answer == 0) record(kind, path, 0, "", 0);    \
    pthread_mutex_unlock(&order);                     \
    return answer;

int mkdir(const char *name, mode_t mode) { ON_PATH('M', name, REAL(mkdir)(name, mode)) }
int rmdir(const char *name) { ON_PATH('D', name, REAL(rmdir)(name)) }
int unlink(const char *name) { ON_PATH('U', name, REAL(unlink)(name)) }

int rename(const char *from, const char *to) {
    const char *path = below(from), *target = below(to);
    if (!path || !target) return REAL(rename)(from, to);
    pthread_mutex_lock(&order);
    int answer = REAL(rename)(from, to);
    if (answer == 0) record('N', path, 0, target, strlen(target));
    pthread_mutex_unlock(&order);
    return answer;
}
