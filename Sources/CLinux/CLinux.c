#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/tls.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

int clinux_accept(int fd, struct sockaddr_storage *peer, socklen_t *length) {
  return accept4(fd, (struct sockaddr *)peer, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int clinux_cpu_count(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  int count = CPU_COUNT(&set);
  return count > 0 ? count : 1;
}

int clinux_offers_kernel_tls(void) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return 0;
  // A socket that is not connected cannot have it; ENOENT, or ENOPROTOOPT of old kernels: none can.
  int offers = setsockopt(fd, IPPROTO_TCP, TCP_ULP, "tls", sizeof "tls") == 0 || errno == ENOTCONN;
  close(fd);
  return offers;
}

void clinux_cork(int fd, int is_corked) { setsockopt(fd, IPPROTO_TCP, TCP_CORK, &is_corked, sizeof is_corked); }

ssize_t clinux_send_record(int fd, unsigned char type, const void *bytes, size_t count) {
  union {
    char bytes[CMSG_SPACE(sizeof(unsigned char))];
    struct cmsghdr alignment;
  } control = {{0}};
  struct iovec content = {.iov_base = (void *)bytes, .iov_len = count};
  struct msghdr message = {
      .msg_iov = &content, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_TLS;
  header->cmsg_type = TLS_SET_RECORD_TYPE;
  header->cmsg_len = CMSG_LEN(sizeof(unsigned char));
  *CMSG_DATA(header) = type;
  return sendmsg(fd, &message, MSG_NOSIGNAL);
}

int clinux_is_writable(int fd) {
  struct pollfd wanted = {.fd = fd, .events = POLLOUT};
  return poll(&wanted, 1, 0) > 0;
}

int clinux_renice_thread(int nice) { return setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), nice); }

static _Thread_local timer_t breath_timer;

static int arm_breath(void) {
  struct itimerspec once = {.it_value.tv_nsec = CLINUX_BREATH_EVERY_NANOSECONDS};
  return timer_settime(breath_timer, 0, &once, (void *)0);
}

// In the middle of whatever the thread does: only what signal-safety(7) allows. The timer is set anew each time, behind the
// sleep: one that went on by itself might be due again when the thread wakes, for ever.
static void take_breath(int number) {
  (void)number;
  int interrupted = errno;
  struct timespec breath = {.tv_nsec = CLINUX_BREATH_NANOSECONDS};
  nanosleep(&breath, (void *)0);
  arm_breath();
  errno = interrupted;
}

int clinux_begin_breathing(void) {
  struct sigaction action = {.sa_handler = take_breath, .sa_flags = SA_RESTART};
  sigemptyset(&action.sa_mask);
  if (sigaction(SIGRTMIN, &action, (void *)0) != 0) return -1;
  // Who starts threads from one of Dispatch's hands them a mask that blocks nearly everything.
  sigset_t heard;
  sigemptyset(&heard);
  sigaddset(&heard, SIGRTMIN);
  pthread_sigmask(SIG_UNBLOCK, &heard, (void *)0);
  struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN};
  event._sigev_un._tid = (pid_t)syscall(SYS_gettid);
  if (timer_create(CLOCK_MONOTONIC, &event, &breath_timer) != 0) return -1;
  if (arm_breath() == 0) return 0;
  timer_delete(breath_timer);
  return -1;
}

void clinux_end_breathing(void) { timer_delete(breath_timer); }

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
