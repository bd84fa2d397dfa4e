/*
 * guard.c - stands before the C library of an agent, and lets ioctl(FIFREEZE) through for one file system only:
 * the one mounted at MAY_FREEZE, and never the one that holds the root directory. Any other gets EOPNOTSUPP, which
 * the agents take for "cannot be frozen, go on". With MAY_FREEZE "" none is frozen. With FREEZE_FAILS that one fails
 * to freeze, as a disk with an error would.
 *
 * Compiled with -DMAY_FREEZE="..." -DSHIM_LOG="...": nothing of it shows in the environment of the hooks.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

void shim_log(const char *fmt, ...)
{
   char b[4096];
   struct timespec t;
   va_list a;
   int n, fd;
   clock_gettime(CLOCK_REALTIME, &t);
   n = snprintf(b, sizeof b, "%ld.%03ld ", (long)t.tv_sec, t.tv_nsec / 1000000);
   va_start(a, fmt);
   n += vsnprintf(b + n, sizeof b - n - 1, fmt, a);
   va_end(a);
   if (n > (int)sizeof b - 1) n = sizeof b - 1;
   b[n++] = '\n';
   fd = open(SHIM_LOG, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
   if (fd < 0) return;
   if (write(fd, b, n) < 0) {}
   close(fd);
}

static int may_freeze(int fd)
{
   struct stat asked, root, allowed;
   if (fstat(fd, &asked) || stat("/", &root) || stat(MAY_FREEZE, &allowed)) return 0;
   return asked.st_dev == allowed.st_dev && asked.st_dev != root.st_dev;
}

static void name_of(int fd, char *path, size_t size)
{
   char link[64];
   int n;
   snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
   n = readlink(link, path, size - 1);
   path[n > 0 ? n : 0] = 0;
}

int ioctl(int fd, unsigned long request, ...)
{
   static int (*real)(int, unsigned long, ...);
   char path[512];
   va_list a;
   void *arg;
   int result, error;

   va_start(a, request);
   arg = va_arg(a, void *);
   va_end(a);
   if (!real) real = dlsym(RTLD_NEXT, "ioctl");
   if (request != FIFREEZE && request != FITHAW) return real(fd, request, arg);

   name_of(fd, path, sizeof path);
   if (request == FIFREEZE && !may_freeze(fd)) {
      shim_log("FIFREEZE %s refused", path);
      errno = EOPNOTSUPP;
      return -1;
   }
#ifdef FREEZE_FAILS
   if (request == FIFREEZE) {
      shim_log("FIFREEZE %s failed", path);
      errno = EIO;
      return -1;
   }
#endif
   result = real(fd, request, arg);
   error = errno;
   shim_log("%s %s %s", request == FIFREEZE ? "FIFREEZE" : "FITHAW", path, result ? "failed" : "done");
   errno = error;
   return result;
}
