import ArgumentParser
import Foundation
import Reactor

/// Sends one request to a gateway and takes the record that it answers with.
struct ExplainClient {
  private let address: SocketAddress

  init(_ address: SocketAddress) { self.address = address }

  /// - Returns: the record, a JSON document.
  /// - Throws: `ExitCode`, said on standard error, where there is none.
  func send(_ request: ExplainRequest, token: String) async throws -> [UInt8] {
    let bytes = request.bytes(token: token)
    let address = address
    let answer: Answer? = await withCheckedContinuation { continuation in
      let hasBegun = SystemThread.spawn("explain") { continuation.resume(returning: Self.exchange(bytes, address)) }
      if !hasBegun { continuation.resume(returning: nil) }
    }
    guard let answer else {
      Terminal.error.print("sluice: \(address) cannot be reached, or ended the connection")
      throw ExitCode.cannotListen
    }
    guard answer.isRecord else {
      Terminal.error.print(
        answer.status == 400 || answer.status >= 405
          ? "sluice: refused before the first stage: \(answer.statusLine)"
          : "sluice: \(address) did not explain the request but answered it: \(answer.statusLine); is the token its admin.token?"
      )
      throw ExitCode.findings
    }
    return answer.body
  }

  private struct Answer {
    var statusLine = ""
    var fields: [String: String] = [:]
    var body: [UInt8] = []

    var status: Int { statusLine.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0 }
    /// A record is never stored, and its document begins with the version; together nothing else looks like that.
    var isRecord: Bool {
      status == 200 && fields["cache-control"] == "no-store" && body.starts(with: "{\"version\":".utf8)
    }
  }

  private static func exchange(_ request: [UInt8], _ address: SocketAddress) -> Answer? {
    guard let socket = BlockingSocket.connected(to: address.host, address.port) else { return nil }
    defer { socket.close() }
    // A gateway that refuses a request may stop reading it.
    socket.write(request)
    var received: [UInt8] = []
    while let more = socket.read() {
      received += more
      if let answer = answer(in: received) { return answer }
    }
    return nil
  }

  /// Nil: it is not whole yet.
  private static func answer(in bytes: [UInt8]) -> Answer? {
    guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
    let lines = String(decoding: bytes[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
    var answer = Answer(statusLine: String(lines.first ?? ""))
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { continue }
      answer.fields[line[..<colon].lowercased()] =
        line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    }
    // Interim responses come before the one that counts (RFC 9110 § 15.2).
    if (100..<200).contains(answer.status), answer.status != 101 {
      return self.answer(in: Array(bytes[end.upperBound...]))
    }
    let count = answer.fields["content-length"].flatMap { Int($0) } ?? 0
    guard bytes.count - end.upperBound >= count else { return nil }
    answer.body = Array(bytes[end.upperBound...].prefix(count))
    return answer
  }
}
