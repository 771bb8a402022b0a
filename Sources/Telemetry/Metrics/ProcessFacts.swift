import Glibc

/// What the kernel knows of this process, as Prometheus' client libraries tell it (proc(5), getrusage(2)).
public struct ProcessFacts: Sendable {
  /// Nanoseconds of processor time, in the kernel and outside of it.
  public var cpuTime = 0
  /// Bytes of memory in use, and of addresses.
  public var residentBytes = 0
  public var virtualBytes = 0
  public var openFiles = 0
  public var mostOpenFiles = 0
  /// Nanoseconds since 1970; 0: not known.
  public var started = 0

  /// As it is now.
  public init() {
    var usage = rusage()
    if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
      cpuTime = Self.nanoseconds(usage.ru_utime) &+ Self.nanoseconds(usage.ru_stime)
    }
    let sizes = Self.read("/proc/self/statm").split(separator: " ").compactMap { Int($0) }
    if sizes.count > 1 {
      let page = Int(sysconf(Int32(_SC_PAGESIZE)))
      virtualBytes = sizes[0] &* page
      residentBytes = sizes[1] &* page
    }
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      mostOpenFiles = Int(clamping: limit.rlim_cur)
    }
    openFiles = Self.count(in: "/proc/self/fd")
    started = Self.startTime()
  }

  private static func nanoseconds(_ time: timeval) -> Int {
    Int(time.tv_sec) &* 1_000_000_000 &+ Int(time.tv_usec) &* 1000
  }

  /// The boot's time, and how long after it the process began.
  private static func startTime() -> Int {
    // The name of the program, in brackets, may have anything in it.
    let fields = read("/proc/self/stat").split(separator: ")").last?.split(separator: " ") ?? []
    let boot = read("/proc/stat").split(separator: "\n").first { $0.hasPrefix("btime ") }
    let ticksPerSecond = Int(sysconf(Int32(_SC_CLK_TCK)))
    guard fields.count > 19, let ticks = Int(fields[19]), let boot, let seconds = Int(boot.dropFirst(6)),
      ticksPerSecond > 0
    else { return 0 }
    return seconds &* 1_000_000_000 &+ (ticks &* 1_000_000_000) / ticksPerSecond
  }

  private static func count(in directory: String) -> Int {
    guard let stream = opendir(directory) else { return 0 }
    defer { closedir(stream) }
    // `.`, `..`, and the one that it is read by.
    var count = -3
    while readdir(stream) != nil { count += 1 }
    return max(0, count)
  }

  /// The beginning of a small file.
  private static func read(_ path: String) -> String {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 4096)
    while bytes.count < 1 << 20 {
      let count = Glibc.read(descriptor, &piece, piece.count)
      guard count > 0 else { break }
      bytes += piece.prefix(count)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
