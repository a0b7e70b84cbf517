/* Lets the k-th call that writes below a folder fail, as a bad or full disk does.
 * Loaded with LD_PRELOAD; armed by the process itself, after a fork. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

enum mode { NEVER, INPUT_OUTPUT_ERROR, TORN, FULL_FROM_HERE };

static long seen, failing_call;
static enum mode mode;
static char below[PATH_MAX];

void arm(long call, int how, const char *folder) {
    snprintf(below, sizeof below, "%s/", folder);
    seen = 0;
    failing_call = call;
    mode = how;
}

long calls_seen(void) { return seen; }

/* Whether this call is the one that fails, or behind it on a full disk. */
static int fails(int fd) {
    char link[64], path[PATH_MAX];
    if (!*below) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (strncmp(path, below, strlen(below))) return 0;
    long number = __atomic_add_fetch(&seen, 1, __ATOMIC_SEQ_CST);
    if (mode == NEVER) return 0;
    if (mode == FULL_FROM_HERE) return number >= failing_call;
    return number == failing_call;
}

#define REAL(result, name, ...) \
    static result (*real)(__VA_ARGS__); \
    if (!real) real = dlsym(RTLD_NEXT, #name)

static int refused(void) {
    errno = mode == FULL_FROM_HERE ? ENOSPC : EIO;
    return -1;
}

ssize_t write(int fd, const void *from, size_t bytes) {
    REAL(ssize_t, write, int, const void *, size_t);
    if (!fails(fd)) return real(fd, from, bytes);
    if (mode == TORN) real(fd, from, bytes / 2);
    return refused();
}

#define POSITIONED(name, offset) \
    ssize_t name(int fd, const void *from, size_t bytes, offset at) { \
        REAL(ssize_t, name, int, const void *, size_t, offset); \
        if (!fails(fd)) return real(fd, from, bytes, at); \
        if (mode == TORN) real(fd, from, bytes / 2, at); \
        return refused(); \
    }
POSITIONED(pwrite, off_t)
POSITIONED(pwrite64, off64_t)

#define FLUSHED(name) \
    int name(int fd) { \
        REAL(int, name, int); \
        return fails(fd) && mode != FULL_FROM_HERE ? refused() : real(fd); \
    }
FLUSHED(fsync)
FLUSHED(fdatasync)

#define CUT(name, offset) \
    int name(int fd, offset length) { \
        REAL(int, name, int, offset); \
        return fails(fd) ? refused() : real(fd, length); \
    }
CUT(ftruncate, off_t)
CUT(ftruncate64, off64_t)
