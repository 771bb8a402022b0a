import ArgumentParser
import Configuration
import Foundation
import Reactor

/// Sends one request to a gateway and takes the record that it answers with.
struct ExplainClient {
  let address: Listener.Address

  /// - Returns: the record, a JSON document.
  /// - Throws: `ExitCode`, said on standard error, where there is none.
  func send(_ request: ExplainRequest, token: String) async throws -> [UInt8] {
    let bytes = request.bytes(token: token)
    let address = address
    let result: Result<Answer, BlockingSocket.Failure> = await withCheckedContinuation { continuation in
      let hasBegun = SystemThread.spawn("explain") { continuation.resume(returning: Self.exchange(bytes, address)) }
      if !hasBegun { continuation.resume(returning: .failure(.init(reason: "there is no thread to ask it on"))) }
    }
    let answer: Answer
    do {
      answer = try result.get()
    } catch {
      Terminal.error.print("sluice: no gateway answers at \(address): \(error.reason)")
      throw ExitCode.unavailable
    }
    guard answer.isRecord else {
      if answer.status == 400 || answer.status >= 405 {
        throw ExitCode.findings.saying("refused before the first stage: \(answer.statusLine)")
      }
      throw ExitCode.notAllowed.saying(
        "\(address) did not explain the request but answered it: \(answer.statusLine); is the token its admin.token?")
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

  private static func exchange(
    _ request: [UInt8], _ address: Listener.Address
  ) -> Result<Answer, BlockingSocket.Failure> {
    Result { () throws(BlockingSocket.Failure) in
      let socket = try BlockingSocket.connected(to: address)
      defer { socket.close() }
      socket.write(request)
      var received: [UInt8] = []
      while let more = try socket.read() {
        received += more
        if let answer = answer(in: received) { return answer }
      }
      throw BlockingSocket.Failure(reason: "it ended the connection")
    }
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
