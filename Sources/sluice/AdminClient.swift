import Configuration
import Foundation

/// Speaks to the admin listener of a running gateway: one request over one connection.
struct AdminClient {
  /// Why there is no answer.
  typealias Silence = BlockingSocket.Failure

  struct Answer {
    let status: Int
    let body: [UInt8]
  }

  let address: Listener.Address
  let token: String?

  /// Seconds that an answer may take: a large configuration is compiled behind the requests of a busy gateway.
  private static let patience = 300

  func send(_ method: String, _ target: String, _ message: (any AdminMessage)? = nil) throws(Silence) -> Answer {
    if case .tcp(_, 0) = address {
      throw Silence(reason: "port 0 is whatever the system chose: say which with --admin")
    }
    let socket = try BlockingSocket.connected(to: address, patience: Self.patience)
    defer { socket.close() }
    var head = "\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n"
    if let token { head += "Authorization: Bearer \(token)\r\n" }
    let body = message?.json ?? []
    if message != nil { head += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n" }
    socket.write(Array((head + "\r\n").utf8) + body)
    return try Self.answer(try readAll(from: socket))
  }

  private var host: String {
    switch address {
    case .tcp: address.description
    case .unix: "localhost"
    }
  }

  // MARK: Bytes

  private func readAll(from socket: BlockingSocket) throws(Silence) -> [UInt8] {
    var bytes: [UInt8] = []
    while let more = try socket.read() {
      bytes += more
      if bytes.count > 64 << 20 { throw Silence(reason: "it answers without an end") }
    }
    return bytes
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
}
