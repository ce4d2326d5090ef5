/* A disk that takes a millisecond longer to acknowledge: preload it, and every fsync and fdatasync of the program waits
   that long before it does its work. SLOW_FLUSH_MICROSECONDS sets another delay; one too short for a sleep is waited
   out awake. On a file system in memory that delay is all a flush takes.

   gcc -shared -fPIC -O2 -o slow-flush.so slow-flush.c -ldl */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>

static void wait_a_little(void) {
    static long microseconds = -1;
    if (microseconds < 0) {
        const char *given = getenv("SLOW_FLUSH_MICROSECONDS");
        microseconds = given ? atol(given) : 1000;
    }
    if (microseconds < 100) {
        struct timespec begun, now;
        clock_gettime(CLOCK_MONOTONIC, &begun);
        do clock_gettime(CLOCK_MONOTONIC, &now);
        while ((now.tv_sec - begun.tv_sec) * 1000000000 + now.tv_nsec - begun.tv_nsec < microseconds * 1000);
        return;
    }
    struct timespec left = {microseconds / 1000000, microseconds % 1000000 * 1000};
    while (nanosleep(&left, &left) == -1 && errno == EINTR) {
    }
}

int fsync(int file) {
    static int (*own)(int);
    if (!own) own = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    wait_a_little();
    return own(file);
}

int fdatasync(int file) {
    static int (*own)(int);
    if (!own) own = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    wait_a_little();
    return own(file);
}
