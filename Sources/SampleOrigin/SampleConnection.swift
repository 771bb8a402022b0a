import Bytes
import HTTPSemantics
import HTTPWire
import Reactor

/// One connection of the sample origin: reads a request, answers it, and again, until either side has had enough.
final class SampleConnection {
  private let socket: Socket
  private let documents: SampleDocuments
  private let input = ByteBuffer(capacity: 16_384)
  private let output = ByteBuffer(capacity: 16_384)
  private let head: RequestHead
  private var parser = RequestHeadParser()

  /// Milliseconds that a peer may be silent.
  private static let patience = 75_000
  /// Bytes of a record that is read before it is answered.
  private static let largestRecord = 1 << 20

  init(_ socket: Socket, documents: SampleDocuments) {
    self.socket = socket
    self.documents = documents
    head = RequestHead(buffer: input)
  }

  /// Serves until the connection ends. A peer that misbehaves ends its own connection and nothing else.
  func serve() async {
    do {
      while try await readHead() {
        var body = BodyDecoder(head.framing, limits: BodyLimits())
        let keepsAlive = head.keepsAlive
        try await answer(&body)
        while !body.isDone { guard try await nextPiece(&body) != nil else { break } }
        if !keepsAlive { break }
        input.compact()
      }
    } catch {
      // Reset, timed out, cut off in a body: there is nobody left to tell.
    }
    socket.close()
  }

  private var deadline: MonotonicTime { socket.reactor.now.advanced(milliseconds: Self.patience) }

  /// - Returns: false when the peer has closed between two requests.
  private func readHead() async throws(SocketError) -> Bool {
    while true {
      switch parser.parse(buffer: input, into: head) {
      case .complete(let count):
        // The head keeps its place in front of what is readable.
        input.readIndex += count
        return true
      case .incomplete:
        input.reserve(4_096)
        guard try await socket.read(into: input, until: deadline) > 0 else { return false }
      case .failed(let error):
        let answer = Answer.message(error.status, "\(StatusCode.reason(error.status))")
        writeHead(answer, framing: "Connection: close\r\n")
        if case .document(let bytes) = answer.body { output.write(bytes) }
        try await socket.write(output, until: deadline)
        return false
      }
    }
  }

  /// The next piece of the request's body; nil at its end.
  private func nextPiece(_ body: inout BodyDecoder) async throws(SocketError) -> Range<Int>? {
    while true {
      switch body.next(in: input) {
      case .data(let range): return range
      case .end: return nil
      case .failed: throw .reset
      case .needsMore:
        // Whatever the answer needs of the head has been taken from it: its room is free.
        input.compact()
        input.reserve(4_096)
        guard try await socket.read(into: input, until: deadline) > 0 else { throw .reset }
      }
    }
  }

  private func answer(_ body: inout BodyDecoder) async throws(SocketError) {
    var answer = Answer(to: head, documents: documents)
    if head.expectsContinue {
      output.write("HTTP/1.1 100 Continue\r\n\r\n")
      try await socket.write(output, until: deadline)
    }
    if answer.delay > 0 { await socket.reactor.sleep(until: socket.reactor.now.advanced(milliseconds: answer.delay)) }
    let hasBody = head.method != .head
    if case .record = answer.body {
      if let record = try await readRecord(&body) {
        answer.body = .document(record)
      } else {
        answer = .message(413, "\(StatusCode.reason(413))")
      }
    }
    switch answer.body {
    case .document(let bytes):
      let forbidden = StatusCode.forbidsBody(answer.status)
      writeHead(answer, framing: forbidden ? "" : "Content-Length: \(bytes.count)\r\n")
      if hasBody && !forbidden { output.write(bytes) }
      try await socket.write(output, until: deadline)
    case .filler(let count):
      writeHead(answer, framing: "Content-Length: \(count)\r\n")
      try await socket.write(output, until: deadline)
      if hasBody { try await sendFiller(count) }
    case .echo: try await echo(answer, &body)
    case .record: break
    }
  }

  private func writeHead(_ answer: Answer, framing: String) {
    output.write("HTTP/1.1 ")
    output.write(decimal: answer.status)
    output.write(" ")
    output.write(StatusCode.reason(answer.status))
    output.write("\r\nDate: ")
    HTTPDate.write(epochSeconds: socket.reactor.epochMilliseconds / 1_000, into: output)
    output.write("\r\nServer: sample-origin\r\n")
    output.write(answer.fields)
    output.write(framing)
    if !head.keepsAlive { output.write("Connection: close\r\n") }
    output.write("\r\n")
  }

  /// Reads a body that is answered with itself; nil for one that is longer than a record may be.
  private func readRecord(_ body: inout BodyDecoder) async throws(SocketError) -> [UInt8]? {
    var record: [UInt8]? = []
    while let range = try await nextPiece(&body) {
      guard let count = record?.count, count + range.count <= Self.largestRecord else {
        record = nil
        continue
      }
      record? += input[range]
    }
    return record
  }

  /// Gives the request's body back as it comes: what the client has not taken yet is not read further.
  private func echo(_ answer: Answer, _ body: inout BodyDecoder) async throws(SocketError) {
    let isChunked = head.framing == .chunked
    switch head.framing {
    case .length(let count): writeHead(answer, framing: "Content-Length: \(count)\r\n")
    case .chunked: writeHead(answer, framing: "Transfer-Encoding: chunked\r\n")
    case .none, .untilClose: writeHead(answer, framing: "Content-Length: 0\r\n")
    }
    let hasBody = head.method != .head
    while let range = try await nextPiece(&body) {
      guard hasBody else { continue }
      if isChunked { ChunkEncoding.write(input[range], into: output) } else { output.write(input[range]) }
      try await socket.write(output, until: deadline)
    }
    if isChunked && hasBody { ChunkEncoding.finish(trailers: body.trailers, into: output) }
    try await socket.write(output, until: deadline)
  }

  /// Sends letters, so that a piece that is missing or out of place can be seen.
  private func sendFiller(_ count: Int) async throws(SocketError) {
    let pattern = Array("abcdefghijklmnopqrstuvwxyz".utf8)
    let block = [UInt8]((0..<(pattern.count * 1_000)).map { pattern[$0 % pattern.count] })
    var left = count
    while left > 0 {
      output.write(left >= block.count ? block : Array(block.prefix(left)))
      left -= min(left, block.count)
      try await socket.write(output, until: deadline)
    }
  }
}
