// libmaxminddb, and what glibc's module leaves out of <sys/mman.h>: a file that lies in memory (memfd_create(2)).
#include <maxminddb.h>

int memfd_create(const char *name, unsigned int flags);

static inline int cmaxminddb_memory_file(void) { return memfd_create("mmdb", 1 /* MFD_CLOEXEC */); }
