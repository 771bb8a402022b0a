#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <string.h>

int clinux_accept(int fd, struct sockaddr_storage *peer, socklen_t *length) {
  return accept4(fd, (struct sockaddr *)peer, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int clinux_cpu_count(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  int count = CPU_COUNT(&set);
  return count > 0 ? count : 1;
}

int clinux_idle_thread(void) {
  struct sched_param none = {0};
  return sched_setscheduler(0, SCHED_IDLE, &none);
}

int clinux_open_beneath(int directory, const char *path, int flags) {
  struct open_how how = {.flags = (unsigned long long)flags, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
  int opened = (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
  if (opened >= 0 || (errno != ENOSYS && errno != EPERM)) return opened;
  return clinux_walk_beneath(directory, path, flags);
}

int clinux_walk_beneath(int directory, const char *path, int flags) {
  char name[256];
  int at = directory;
  for (;;) {
    size_t count = strcspn(path, "/");
    int is_last = path[count] == 0;
    int next = -1;
    errno = ENOENT;
    if (count > 0 && count < sizeof name && !(count == 2 && path[0] == '.' && path[1] == '.')) {
      memcpy(name, path, count);
      name[count] = 0;
      next = openat(at, name, is_last ? flags | O_NOFOLLOW : O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }
    if (at != directory) {
      int code = errno;
      close(at);
      errno = code;
    }
    if (is_last || next < 0) return next;
    at = next;
    path += count + 1;
  }
}
