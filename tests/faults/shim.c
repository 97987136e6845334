/* Counts what a process does to files below one folder, or says to servers, and lets the n-th of these go wrong.
 *
 * Preloaded before libc. Nothing is counted before fault_arm was called; a forked child inherits what was armed.
 * Counted: write, pwrite, writev, fsync, fdatasync, ftruncate, link, rename, mkdir, unlink, and opening with O_CREAT,
 * where the file or folder lies below the prefix; of sockets, when asked for, send, sendto, write and writev over the network.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NOTHING = 0, KILL = 1, TORN = 2, FAIL_ONCE = 3, FAIL_ON = 4 };

static char prefix[PATH_MAX];
static long wanted, counted;
static int kind, code, sockets;

void fault_arm(const char *below, long at, int what, int number, int with_sockets) {
    strncpy(prefix, below, sizeof prefix - 1);
    wanted = at; counted = 0; kind = what; code = number; sockets = with_sockets;
}
long fault_count(void) { return counted; }

static int ours(const char *path) { return prefix[0] && path && strncmp(path, prefix, strlen(prefix)) == 0; }

static int is_network(int fd) {
    int family = 0; socklen_t size = sizeof family;
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 && (family == AF_INET || family == AF_INET6);
}

static int concerns(int fd) {
    char link[64], path[PATH_MAX];
    if (!prefix[0]) return 0;
    if (sockets && is_network(fd)) return 1;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return ours(path);
}

/* 1 when the call must fail; TORN writes half before the process ends. grows says that it needs room on the disk. */
static int strikes(int fd, const void *content, size_t size, int grows) {
    long now = __sync_add_and_fetch(&counted, 1);
    if (!wanted || now < wanted) return 0;
    if (kind == FAIL_ON) {
        if (!grows && now != wanted) return 0;
        errno = code;
        return 1;
    }
    if (now != wanted) return 0;
    if (kind == TORN && content && size > 1) {
        ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");
        (void)!real(fd, content, size / 2);
    }
    if (kind == KILL || kind == TORN) { raise(SIGKILL); }
    if (fd >= 0 && is_network(fd)) shutdown(fd, SHUT_RDWR); /* as a reset does; else who waits for an answer waits for ever */
    errno = code;
    return kind == FAIL_ONCE;
}

#define REAL(name) static __typeof__(&name) real; if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *b, size_t n) { REAL(write); if (concerns(fd) && strikes(fd, b, n, 1)) return -1; return real(fd, b, n); }
ssize_t writev(int fd, const struct iovec *v, int n) { REAL(writev); if (concerns(fd) && strikes(fd, 0, 0, 1)) return -1; return real(fd, v, n); }
ssize_t send(int fd, const void *b, size_t n, int f) { REAL(send); if (concerns(fd) && strikes(fd, 0, 0, 1)) return -1; return real(fd, b, n, f); }
ssize_t sendto(int fd, const void *b, size_t n, int f, const struct sockaddr *a, socklen_t l) { REAL(sendto); if (concerns(fd) && strikes(fd, 0, 0, 1)) return -1; return real(fd, b, n, f, a, l); }
ssize_t pwrite(int fd, const void *b, size_t n, off_t o) { REAL(pwrite); if (concerns(fd) && strikes(fd, 0, 0, 1)) return -1; return real(fd, b, n, o); }
ssize_t pwrite64(int fd, const void *b, size_t n, off64_t o) { REAL(pwrite64); if (concerns(fd) && strikes(fd, 0, 0, 1)) return -1; return real(fd, b, n, o); }
int fsync(int fd) { REAL(fsync); if (concerns(fd) && strikes(fd, 0, 0, 1)) return -1; return real(fd); }
int fdatasync(int fd) { REAL(fdatasync); if (concerns(fd) && strikes(fd, 0, 0, 1)) return -1; return real(fd); }
int ftruncate(int fd, off_t n) { REAL(ftruncate); if (concerns(fd) && strikes(fd, 0, 0, n > 0)) return -1; return real(fd, n); }
int ftruncate64(int fd, off64_t n) { REAL(ftruncate64); if (concerns(fd) && strikes(fd, 0, 0, n > 0)) return -1; return real(fd, n); }
int link(const char *a, const char *b) { REAL(link); if (ours(b) && strikes(-1, 0, 0, 1)) return -1; return real(a, b); }
int linkat(int d, const char *a, int e, const char *b, int f) { REAL(linkat); if (ours(b) && strikes(-1, 0, 0, 1)) return -1; return real(d, a, e, b, f); }
int rename(const char *a, const char *b) { REAL(rename); if (ours(b) && strikes(-1, 0, 0, 1)) return -1; return real(a, b); }
int mkdir(const char *a, mode_t m) { REAL(mkdir); if (ours(a) && strikes(-1, 0, 0, 1)) return -1; return real(a, m); }
int unlink(const char *a) { REAL(unlink); if (ours(a) && strikes(-1, 0, 0, 0)) return -1; return real(a); }

#define OPENING(name, words, call)                                                        \
    mode_t mode = 0;                                                                      \
    if (flags & (O_CREAT | __O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); } \
    REAL(name);                                                                           \
    if ((flags & O_CREAT) && ours(path) && strikes(-1, 0, 0, 1)) return -1;               \
    return real call;

int open(const char *path, int flags, ...) { OPENING(open, , (path, flags, mode)) }
int open64(const char *path, int flags, ...) { OPENING(open64, , (path, flags, mode)) }
int openat(int d, const char *path, int flags, ...) { OPENING(openat, , (d, path, flags, mode)) }
int openat64(int d, const char *path, int flags, ...) { OPENING(openat64, , (d, path, flags, mode)) }
