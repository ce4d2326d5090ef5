/* A clock that goes a hundred times slower, and waits that last as much longer: preload it, and what a program does once a
   second weighs next to nothing beside what it does for each request, however slowly valgrind runs it.

   gcc -shared -fPIC -O2 -o slow-clock.so slow-clock.c -ldl */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>

#define SLOWER 100
#define SECOND 1000000000LL

/* When a clock was read first: of the day, and of the machine. */
static struct timespec began[2];

static long long since(const struct timespec *from, const struct timespec *to) {
    return (to->tv_sec - from->tv_sec) * SECOND + to->tv_nsec - from->tv_nsec;
}

static struct timespec after(const struct timespec *from, long long nanoseconds) {
    nanoseconds += from->tv_nsec;
    return (struct timespec){from->tv_sec + nanoseconds / SECOND, nanoseconds % SECOND};
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*own)(clockid_t, struct timespec *);
    if (!own) own = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int failed = own(clock, now);
    if (failed || (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC)) return failed;
    struct timespec *from = &began[clock == CLOCK_MONOTONIC];
    if (!from->tv_sec) *from = *now;
    *now = after(from, since(from, now) / SLOWER);
    return 0;
}

/* Rust's standard library waits for a moment of the slow clock by this. */
long syscall(long number, ...) {
    static long (*own)(long, ...);
    if (!own) own = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    long given[6];
    va_list rest;
    va_start(rest, number);
    for (int at = 0; at < 6; at++) given[at] = va_arg(rest, long);
    va_end(rest);
    struct timespec until;
    if (number == SYS_futex && given[3] && (given[1] & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET) {
        const struct timespec *from = &began[!(given[1] & FUTEX_CLOCK_REALTIME)];
        long long left = since(from, (const struct timespec *)given[3]);
        if (left > 0 && left < (1LL << 56)) {
            until = after(from, left * SLOWER);
            given[3] = (long)&until;
        }
    }
    return own(number, given[0], given[1], given[2], given[3], given[4], given[5]);
}

int epoll_wait(int file, struct epoll_event *events, int most, int milliseconds) {
    static int (*own)(int, struct epoll_event *, int, int);
    if (!own) own = (int (*)(int, struct epoll_event *, int, int))dlsym(RTLD_NEXT, "epoll_wait");
    int longest = 1 << 30;
    if (milliseconds > 0) milliseconds = milliseconds > longest / SLOWER ? longest : milliseconds * SLOWER;
    return own(file, events, most, milliseconds);
}
