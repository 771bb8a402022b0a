import Bytes
import HTTPSemantics
import HTTPWire
import Testing

@testable import Reactor
@testable import Upstream

@Suite("UpstreamConnection", .timeLimit(.minutes(1)))
struct UpstreamConnectionTests {
  @Test("interim answers must be received one by one, and a great many must take no more room than one")
  func interim() async throws {
    let origin = try await ScriptedOrigin { connection in
      _ = try await connection.readHead()
      for number in 0..<2_000 {
        try await connection.send(
          "HTTP/1.1 103 Early Hints\r\nLink: </\(number)>; rel=preload; padding=\(String(repeating: "x", count: 100))\r\n\r\n"
        )
      }
      try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      try await connection.waitForEnd()
    }
    let worker = try PoolWorker()
    try await worker.run { pool in
      let (connection, head) = try await pool.ask(origin.address)
      var count = 0
      while head.status == 103 {
        count += 1
        try await connection.receiveHead(into: head, answering: .get, until: pool.deadline())
      }
      #expect(count == 2_000)
      #expect(head.status == 200)
      #expect(head.buffer.capacity <= 64 * 1024)
      #expect(try await connection.readBody(until: .never)?.text == "ok")
      #expect(try await connection.readBody(until: .never) == nil)
      connection.release()
    }
  }

  @Test("whoever taps a body must see all of it, and be told whether that was the whole")
  func taps() async throws {
    final class Seen: BodyTap {
      var text = ""
      var ends: [Bool] = []
      func take(_ bytes: UnsafeRawBufferPointer) { text += bytes.text }
      func end(isWhole: Bool) { ends.append(isWhole) }
    }
    let origin = try await ScriptedOrigin { connection in
      for rest in ["5\r\nhello\r\n4\r\n you\r\n0\r\n\r\n", "5\r\nhello\r\n"] {
        _ = try await connection.readHead()
        try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + rest)
      }
    }
    let worker = try PoolWorker()
    try await worker.run { pool in
      for (text, isWhole) in [("hello you", true), ("hello", false)] {
        let (connection, _) = try await pool.ask(origin.address)
        let seen = Seen()
        connection.tap = seen
        do {
          while try await connection.readBody(until: .never) != nil {}
          connection.release()
        } catch {
          connection.close()
        }
        #expect(seen.text == text)
        #expect(seen.ends == [isWhole])
        #expect(connection.tap == nil)
      }
    }
  }

  @Test(
    "every framing of a body must be read whole, trailers too",
    arguments: [
      ("Content-Length: 5\r\n\r\nhello", "hello", nil as String?),
      ("Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\nX-Sum: 1\r\n\r\n", "hello", "X-Sum: 1\r\n"),
      ("X: y\r\n\r\nhello", "hello", nil), ("Content-Length: 0\r\n\r\n", "", nil),
    ])
  func bodies(_ rest: String, _ body: String, _ trailers: String?) async throws {
    // Byte by byte, so that every place to stop is met.
    let origin = try await ScriptedOrigin { connection in
      _ = try await connection.readHead()
      for byte in "HTTP/1.1 200 OK\r\n\(rest)".utf8 {
        try await connection.send(String(decoding: [byte], as: UTF8.self))
        await Task.yield()
      }
    }
    let worker = try PoolWorker()
    let received = try await worker.run { pool in
      let (connection, head) = try await pool.ask(origin.address)
      var text = ""
      while let piece = try await connection.readBody(until: .never) { text += piece.text }
      let trailers = connection.trailers?.readable.text
      // The head must have stayed valid while the body was read.
      #expect(head.status == 200 && head.fields.count == 1)
      #expect(head.name(of: head.fields[0]).text == rest.prefix { $0 != ":" })
      connection.release()
      return [text, trailers]
    }
    #expect(received == [body, trailers])
  }

  @Test("a large body must come whole, with the head valid to its end")
  func largeBody() async throws {
    let size = 3_000_000
    let origin = try await ScriptedOrigin { connection in
      _ = try await connection.readHead()
      try await connection.send(
        "HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\nX-Name: value\r\n\r\n"
          + String(repeating: "0123456789", count: size / 10))
      try await connection.waitForEnd()
    }
    let worker = try PoolWorker()
    try await worker.run { pool in
      let (connection, head) = try await pool.ask(origin.address)
      var count = 0
      var isRight = true
      while let piece = try await connection.readBody(until: .never) {
        for byte in piece {
          if byte != 48 + UInt8(count % 10) { isRight = false }
          count += 1
        }
      }
      #expect(count == size && isRight)
      #expect(head.fields.map { head.value(of: $0).text } == ["\(size)", "value"])
      connection.release()
    }
  }

  @Test("an answer to HEAD must have no body, whatever its fields say")
  func head() async throws {
    let origin = try await ScriptedOrigin { try await $0.answerAll("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n") }
    let worker = try PoolWorker()
    let answers = try await worker.run { pool in
      [try await pool.exchange(origin.address, .head), try await pool.exchange(origin.address, .head)]
    }
    #expect(answers == [Answer(status: 200, isReused: false), Answer(status: 200, isReused: true)])
  }

  @Test("an origin that answers before it has read the request must be heard, and the request sent on")
  func answersEarly() async throws {
    let size = 8_000_000
    let origin = try await ScriptedOrigin { connection in
      // The answer is larger than what the kernel buffers, and so is the request: each must move while the other does.
      _ = try await connection.readHead()
      try await connection.send(
        "HTTP/1.1 200 OK\r\nContent-Length: \(size)\r\n\r\n" + String(repeating: "a", count: size))
      let isWhole = try await connection.read(count: size)
      try await connection.send(isWhole ? "HTTP/1.1 200 OK" : "HTTP/1.1 500 Cut off")
    }
    let worker = try PoolWorker()
    let answer = try await worker.run {
      try await $0.exchange(origin.address, .post, body: String(repeating: "b", count: size))
    }
    #expect(answer.status == 200)
    #expect(answer.body.utf8.count == size)
  }

  @Test("an origin that refuses a body with an answer and closes must be heard")
  func refusesBody() async throws {
    let origin = try await ScriptedOrigin { connection in
      _ = try await connection.readHead()
      try await connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\nConnection: close\r\n\r\nbig")
    }
    let worker = try PoolWorker()
    let answer = try await worker.run {
      try await $0.exchange(origin.address, .post, body: String(repeating: "b", count: 8_000_000))
    }
    #expect(answer == Answer(status: 413, body: "big"))
  }

  @Test("a connection must not be used again when its request was not sent whole")
  func unsentRequest() async throws {
    let origin = try await ScriptedOrigin { connection in
      _ = try await connection.readHead()
      try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      // Reads nothing more.
      await connection.socket.reactor.sleep(until: connection.socket.reactor.now.advanced(milliseconds: 500))
    }
    let worker = try PoolWorker()
    let answers = try await worker.run { pool in
      [
        try await pool.exchange(origin.address, .put, body: String(repeating: "b", count: 8_000_000)),
        try await pool.exchange(origin.address, .get),
      ]
    }
    #expect(answers.map(\.status) == [200, 200])
    #expect(answers.map(\.isReused) == [false, false])
  }

  @Test("a connection must not be used again when a streamed body could not be written to its end")
  func unsentBody() async throws {
    let isFull = Counter()
    let origin = try await ScriptedOrigin { connection in
      if connection.number > 1 {
        return try await connection.answerAll("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfresh")
      }
      _ = try await connection.readHead()
      while isFull.count == 0 {
        await connection.socket.reactor.sleep(until: connection.socket.reactor.now.advanced(milliseconds: 5))
      }
      try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
      // Whatever comes next on this connection is part of the body that was announced.
      try await connection.waitForEnd()
    }
    let worker = try PoolWorker()
    let answer = try await worker.run { pool in
      let head = ResponseHead(buffer: ByteBuffer())
      let out = ByteBuffer()
      out.write("POST / HTTP/1.1\r\nHost: o\r\nContent-Length: 100000000\r\n\r\n")
      let connection = try await pool.origin(at: origin.address).open(with: out, until: pool.deadline())
      let piece = ByteBuffer()
      piece.write([UInt8](repeating: 65, count: 1_000_000))
      var failure: UpstreamFailure?
      while failure == nil {
        let framing = ByteBuffer()
        do {
          try await connection.write(framing, then: piece.readable, until: pool.deadline(50))
        } catch {
          failure = error as? UpstreamFailure
        }
      }
      #expect(failure == UpstreamFailure(.writeTimedOut))
      isFull.next()
      try await connection.receiveHead(into: head, answering: .post, until: pool.deadline())
      while try await connection.readBody(until: .never) != nil {}
      connection.release()
      return try await pool.exchange(origin.address)
    }
    #expect(answer == Answer(status: 200, body: "fresh", isReused: false))
  }

  @Test("a body that streams must go out while the answer comes in")
  func fullDuplex() async throws {
    // Echoes each line before it reads the next one.
    let origin = try await ScriptedOrigin { connection in
      _ = try await connection.readHead()
      try await connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
      for _ in 0..<100 {
        guard let line = try await connection.read(until: "\n") else { return }
        try await connection.send("\(String(line.utf8.count, radix: 16))\r\n\(line)\r\n")
      }
      try await connection.send("0\r\n\r\n")
      try await connection.waitForEnd()
    }
    let worker = try PoolWorker()
    let echoed = try await worker.run { pool in
      let head = ResponseHead(buffer: ByteBuffer())
      let out = ByteBuffer()
      out.write("POST / HTTP/1.1\r\nHost: o\r\nContent-Length: 890\r\n\r\n")
      let connection = try await pool.origin(at: origin.address).open(with: out, until: pool.deadline())
      var text = ""
      for number in 0..<100 {
        out.clear()
        out.write("line \(number)\n")
        try await connection.write(out.readable, until: pool.deadline())
        if number == 0 { try await connection.receiveHead(into: head, answering: .post, until: pool.deadline()) }
        if let piece = try await connection.readBody(until: .never) { text += piece.text }
      }
      let end = try await connection.readBody(until: .never)
      #expect(end == nil)
      connection.release()
      return text
    }
    #expect(echoed == (0..<100).map { "line \($0)\n" }.joined())
  }

  @Test("an upgrade must hand over what came behind its head")
  func upgrade() async throws {
    let origin = try await ScriptedOrigin { connection in
      _ = try await connection.readHead()
      try await connection.send(
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nfirst words")
      if let line = try await connection.read(until: "\n") { try await connection.send(line) }
    }
    let worker = try PoolWorker()
    try await worker.run { pool in
      let (connection, head) = try await pool.ask(origin.address, fields: "Connection: upgrade\r\nUpgrade: echo\r\n")
      #expect(head.status == 101)
      #expect(head.upgrade.map { head.value(of: $0).text } == "echo")
      let rest = connection.takeUnread()
      while rest.readable.text != "first words" {
        _ = try await connection.socket.read(into: rest, until: pool.deadline())
      }
      let out = ByteBuffer()
      out.write("hello\n")
      try await connection.socket.write(out, until: pool.deadline())
      rest.clear()
      while rest.count < 6 { _ = try await connection.socket.read(into: rest, until: pool.deadline()) }
      #expect(rest.readable.text == "hello\n")
      connection.release()
      #expect(!connection.socket.isOpen)
    }
  }

  @Test("what was read of a body must not pass for the whole when the connection is closed from our side")
  func closedHere() async throws {
    let origin = try await ScriptedOrigin { connection in
      _ = try await connection.readHead()
      try await connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello")
      try await connection.waitForEnd()
    }
    let worker = try PoolWorker()
    await #expect(throws: UpstreamFailure(.interrupted)) {
      try await worker.run { pool in
        let (connection, _) = try await pool.ask(origin.address)
        connection.close()
        while try await connection.readBody(until: .never) != nil {}
      }
    }
  }
}
