import Configuration
import Foundation

/// A socket for a command that has nothing else to do: it blocks.
struct BlockingSocket: Sendable {
  /// What the system says of it.
  struct Failure: Error {
    let reason: String

    init(reason: String) { self.reason = reason }
    init(_ code: Int32) { reason = String(cString: strerror(code)) }
  }

  private let descriptor: Int32

  // MARK: Making

  /// - Parameter patience: seconds that a read may take; nil: any time.
  static func connected(to address: Listener.Address, patience: Int? = nil) throws(Failure) -> BlockingSocket {
    switch address {
    case .unix(let path):
      var name = sockaddr_un()
      name.sun_family = sa_family_t(AF_UNIX)
      let text = Array(path.utf8)
      guard text.count < MemoryLayout.size(ofValue: name.sun_path) else {
        throw Failure(reason: "the path is too long")
      }
      withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: text) }
      return try withUnsafePointer(to: &name) { pointer throws(Failure) in
        try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw throws(Failure) in
          try connected(AF_UNIX, raw, socklen_t(MemoryLayout<sockaddr_un>.size), patience)
        }
      }
    case .tcp(let host, let port):
      var hints = addrinfo()
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
      var list: UnsafeMutablePointer<addrinfo>?
      guard getaddrinfo(host, "\(port)", &hints, &list) == 0, let first = list else {
        throw Failure(reason: "`\(host)` has no address")
      }
      defer { freeaddrinfo(first) }
      return try connected(first.pointee.ai_family, first.pointee.ai_addr, first.pointee.ai_addrlen, patience)
    }
  }

  private static func connected(
    _ family: Int32, _ name: UnsafePointer<sockaddr>, _ length: socklen_t, _ patience: Int?
  ) throws(Failure) -> BlockingSocket {
    let socket = try open(family)
    if let patience {
      var limit = timeval(tv_sec: patience, tv_usec: 0)
      setsockopt(socket.descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    guard Glibc.connect(socket.descriptor, name, length) == 0 else {
      let code = errno
      socket.close()
      throw Failure(code)
    }
    return socket
  }

  /// Listens on a port of this machine that the kernel chooses.
  static func listening() throws(Failure) -> (socket: BlockingSocket, port: UInt16) {
    let socket = try open(AF_INET)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        bind(socket.descriptor, pointer, length) == 0 && Glibc.listen(socket.descriptor, 16) == 0
          && getsockname(socket.descriptor, pointer, &length) == 0
      }
    }
    guard isListening else {
      let code = errno
      socket.close()
      throw Failure(code)
    }
    return (socket, UInt16(bigEndian: address.sin_port))
  }

  private static func open(_ family: Int32) throws(Failure) -> BlockingSocket {
    let descriptor = Glibc.socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Failure(errno) }
    return BlockingSocket(descriptor: descriptor)
  }

  // MARK: Using

  /// The next connection; nil when there will be none.
  func accept() -> BlockingSocket? {
    let accepted = Glibc.accept(descriptor, nil, nil)
    return accepted < 0 ? nil : BlockingSocket(descriptor: accepted)
  }

  /// Writes as much as the other side takes: one that takes no more may have answered already.
  func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// What has come; nil at the end.
  func read() throws(Failure) -> [UInt8]? {
    var code: Int32 = 0
    repeat {
      let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
        let received = recv(descriptor, buffer.baseAddress, buffer.count, 0)
        code = received < 0 ? errno : 0
        count = max(0, received)
      }
      if code == 0 { return bytes.isEmpty ? nil : bytes }
    } while code == EINTR
    throw code == EAGAIN ? Failure(reason: "it does not answer") : Failure(code)
  }

  func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }
  func close() { _ = Glibc.close(descriptor) }
}
