import Configuration
import Foundation

/// Speaks to the admin listener of a running gateway: one request over one connection.
struct AdminClient {
  /// Why there is no answer.
  struct Silence: Error {
    let reason: String
  }

  struct Answer {
    let status: Int
    let body: [UInt8]
  }

  let address: Listener.Address
  let token: String?

  /// Seconds that an answer may take: a large configuration is compiled behind the requests of a busy gateway.
  private static let patience = 300

  func send(_ method: String, _ target: String, _ message: (any AdminMessage)? = nil) throws(Silence) -> Answer {
    let socket = try connect()
    defer { close(socket) }
    var head = "\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
    if let token { head += "Authorization: Bearer \(token)\r\n" }
    let body = message?.json ?? []
    if message != nil { head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n" }
    try write(Array((head + "\r\n").utf8) + body, to: socket)
    return try Self.answer(try readAll(from: socket))
  }

  private var host: String {
    switch address {
    case .tcp: address.description
    case .unix: "localhost"
    }
  }

  // MARK: Bytes

  private func write(_ bytes: [UInt8], to socket: Int32) throws(Silence) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      // It may have answered without having read everything.
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  private func readAll(from socket: Int32) throws(Silence) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = recv(socket, &chunk, chunk.count, 0)
      if count < 0, errno == EINTR { continue }
      if count < 0 { throw Silence(reason: errno == EAGAIN ? "it does not answer" : Self.system(errno)) }
      if count == 0 { return bytes }
      bytes += chunk[..<count]
      if bytes.count > 64 << 20 { throw Silence(reason: "it answers without an end") }
    }
  }

  /// The listener answers with a length and then closes, so that what came is whole when it has that length.
  private static func answer(_ bytes: [UInt8]) throws(Silence) -> Answer {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else {
      throw Silence(reason: "it does not speak HTTP")
    }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
    let words = lines.first?.split(separator: " ") ?? []
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
      throw Silence(reason: "it does not speak HTTP")
    }
    let body = Array(bytes[end.upperBound...])
    let length = lines.first { $0.lowercased().hasPrefix("content-length:") }.flatMap {
      Int($0.dropFirst("content-length:".count).trimmingCharacters(in: .whitespaces))
    }
    guard length == nil || length == body.count else { throw Silence(reason: "its answer breaks off") }
    return Answer(status: status, body: body)
  }

  // MARK: Connecting

  private func connect() throws(Silence) -> Int32 {
    switch address {
    case .unix(let path):
      var name = sockaddr_un()
      name.sun_family = sa_family_t(AF_UNIX)
      let text = Array(path.utf8)
      guard text.count < MemoryLayout.size(ofValue: name.sun_path) else {
        throw Silence(reason: "the path is too long")
      }
      withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: text) }
      return try withUnsafePointer(to: &name) { pointer throws(Silence) in
        try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw throws(Silence) in
          try connect(AF_UNIX, raw, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
    case .tcp(let host, let port):
      guard port != 0 else { throw Silence(reason: "port 0 is whatever the system chose: say which with --admin") }
      var hints = addrinfo()
      hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
      var list: UnsafeMutablePointer<addrinfo>?
      guard getaddrinfo(host, "\(port)", &hints, &list) == 0, let first = list else {
        throw Silence(reason: "`\(host)` has no address")
      }
      defer { freeaddrinfo(first) }
      return try connect(first.pointee.ai_family, first.pointee.ai_addr, first.pointee.ai_addrlen)
    }
  }

  private func connect(
    _ family: Int32, _ name: UnsafePointer<sockaddr>, _ length: socklen_t
  ) throws(Silence) -> Int32 {
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Silence(reason: Self.system(errno)) }
    var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    guard Glibc.connect(descriptor, name, length) == 0 else {
      let code = errno
      close(descriptor)
      throw Silence(reason: Self.system(code))
    }
    return descriptor
  }

  private static func system(_ code: Int32) -> String { String(cString: strerror(code)) }
}
