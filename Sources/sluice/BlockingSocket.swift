import Foundation

/// A TCP socket for a command that has nothing else to do: it blocks, on a thread of its own.
struct BlockingSocket: Sendable {
  let descriptor: Int32

  /// Listens on a port of this machine that the kernel chooses.
  static func listening() -> (socket: BlockingSocket, port: UInt16)? {
    guard let socket = open(), let address = address("127.0.0.1", 0) else { return nil }
    var bound = address
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let port: UInt16? = withUnsafeMutablePointer(to: &bound) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        guard bind(socket.descriptor, pointer, length) == 0, Glibc.listen(socket.descriptor, 16) == 0,
          getsockname(socket.descriptor, pointer, &length) == 0
        else { return nil }
        return 0
      }
    }
    guard port != nil else {
      socket.close()
      return nil
    }
    return (socket, UInt16(bigEndian: bound.sin_port))
  }

  /// Connects to an IPv4 or IPv6 address.
  static func connected(to host: String, _ port: UInt16) -> BlockingSocket? {
    var hints = addrinfo()
    hints.ai_flags = AI_NUMERICHOST
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, "\(port)", &hints, &found) == 0, let found else { return nil }
    defer { freeaddrinfo(found) }
    let descriptor = Glibc.socket(found.pointee.ai_family, found.pointee.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return nil }
    let socket = BlockingSocket(descriptor: descriptor)
    guard Glibc.connect(descriptor, found.pointee.ai_addr, found.pointee.ai_addrlen) == 0 else {
      socket.close()
      return nil
    }
    return socket
  }

  /// The next connection; nil when there will be none.
  func accept() -> BlockingSocket? {
    let accepted = Glibc.accept(descriptor, nil, nil)
    return accepted < 0 ? nil : BlockingSocket(descriptor: accepted)
  }

  /// - Returns: whether all of it was taken.
  @discardableResult
  func write(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }

  /// What has come, or nil at the end.
  func read() -> [UInt8]? {
    let bytes = [UInt8](unsafeUninitializedCapacity: 64 * 1024) { buffer, count in
      count = max(0, recv(descriptor, buffer.baseAddress, buffer.count, 0))
    }
    return bytes.isEmpty ? nil : bytes
  }

  func finishWriting() { shutdown(descriptor, Int32(SHUT_WR)) }
  func close() { _ = Glibc.close(descriptor) }

  private static func open() -> BlockingSocket? {
    let descriptor = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    return descriptor < 0 ? nil : BlockingSocket(descriptor: descriptor)
  }

  private static func address(_ host: String, _ port: UInt16) -> sockaddr_in? {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    return inet_pton(AF_INET, host, &address.sin_addr) == 1 ? address : nil
  }
}
