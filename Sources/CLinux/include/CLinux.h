// What the Reactor needs of Linux beyond Swift's Glibc module: headers it leaves out, and constants that are C enums or
// casts there, as plain integers.
//
// _GNU_SOURCE is not defined here, but in CLinux.c: it changes types of the C library (fd_set), and a Swift file that sees
// both this module and Glibc's would find two different ones, or not, by the order in which modules happen to be built.
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static const unsigned int CLINUX_EPOLLIN = EPOLLIN;
static const unsigned int CLINUX_EPOLLOUT = EPOLLOUT;
static const unsigned int CLINUX_EPOLLERR = EPOLLERR;
static const unsigned int CLINUX_EPOLLHUP = EPOLLHUP;
static const unsigned int CLINUX_EPOLLRDHUP = EPOLLRDHUP;
static const unsigned int CLINUX_EPOLLET = 1u << 31;

static const int CLINUX_EPOLL_CLOEXEC = EPOLL_CLOEXEC;
static const int CLINUX_EVENTFD_FLAGS = EFD_NONBLOCK | EFD_CLOEXEC;
static const int CLINUX_EVENTFD_BLOCKING = EFD_CLOEXEC;
static const int CLINUX_STREAM = SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC;
static const int CLINUX_MSG_NOSIGNAL = MSG_NOSIGNAL;

// accept4, with a new descriptor that is non-blocking and closed on exec.
int clinux_accept(int fd, struct sockaddr_storage *peer, socklen_t *length);

// recv and send without the C library's cancellation points, which cost two atomic operations each and which nobody here
// uses: threads are not cancelled.
static inline ssize_t clinux_recv(int fd, void *bytes, size_t count) {
  return syscall(SYS_recvfrom, fd, bytes, count, 0, (void *)0, (void *)0);
}
static inline ssize_t clinux_send(int fd, const void *bytes, size_t count) {
  return syscall(SYS_sendto, fd, bytes, count, MSG_NOSIGNAL, (void *)0, 0);
}


// send, when more follows at once: the kernel waits for it before it closes a packet (MSG_MORE, send(2)).
static inline ssize_t clinux_send_more(int fd, const void *bytes, size_t count) {
  return syscall(SYS_sendto, fd, bytes, count, MSG_NOSIGNAL | MSG_MORE, (void *)0, 0);
}

// A file's bytes to a socket without a copy through this process (sendfile(2)); `offset` moves along.
static inline ssize_t clinux_sendfile(int socket, int file, long *offset, size_t count) {
  return syscall(SYS_sendfile, socket, file, offset, count);
}

// Whether the kernel can encrypt what goes out on TCP sockets by TLS (CONFIG_TLS; Documentation/networking/tls.rst).
int clinux_offers_kernel_tls(void);

// Whether a packet that is not full waits for more, up to a fifth of a second (TCP_CORK, tcp(7)): what MSG_MORE is for one call.
void clinux_cork(int fd, int is_corked);

// Sends a record that is not application data on a socket whose records the kernel makes: an alert, say.
ssize_t clinux_send_record(int fd, unsigned char type, const void *bytes, size_t count);

// Whether the kernel takes more bytes now; if not, the next event of the socket says when it does.
int clinux_is_writable(int fd);

// Opens a path that must not leave the directory, by `..` or by a symbolic link, absolute ones among them (openat2(2)). Where
// the kernel, or what a container lets through to it, does not know that call, the path is walked name by name.
int clinux_open_beneath(int directory, const char *path, int flags);

// The walk: no name may be `..`, and none a symbolic link, wherever it leads.
int clinux_walk_beneath(int directory, const char *path, int flags);

// Writes everything of a file system to its disk (syncfs(2)).
static inline int clinux_sync_filesystem(int fd) { return (int)syscall(SYS_syncfs, fd); }

// The calling thread's name, as `top -H` shows it.
static inline void clinux_name_thread(const char *name) { prctl(PR_SET_NAME, name, 0, 0, 0); }

// How much the calling thread gives way to others that want the processor: 0 (not at all) to 19 (setpriority(2); on Linux it
// is a thread's own).
int clinux_renice_thread(int nice);

// Makes the calling thread sleep for a moment every now and then, in the middle of whatever it does, by a timer that signals
// it (SIGRTMIN, timer_create(2)); interrupted calls are restarted. A thread that never sleeps keeps its processor until the next
// tick of the kernel's, 1 to 10 ms, from others that have become ready meanwhile.
static const long CLINUX_BREATH_EVERY_NANOSECONDS = 100 * 1000;
static const long CLINUX_BREATH_NANOSECONDS = 50 * 1000;
int clinux_begin_breathing(void);
void clinux_end_breathing(void);

// The processors that this process may run on (sched_setaffinity, cgroup cpusets): at least 1.
int clinux_cpu_count(void);
