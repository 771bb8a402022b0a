import Bytes
import Testing

@testable import Reactor

@Suite struct PeekTests {
  @Test("what was looked at must be read again, less what was dropped")
  func peek() async throws {
    let worker = try TestWorker()
    let bound = try ListeningSocket.bind(try #require(SocketAddress(ip: "127.0.0.1", port: 0)))
    async let served: Void = worker.acceptOnce(bound) { socket in
      let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 64, alignment: 1)
      defer { room.deallocate() }
      // A byte at a time: each look sees all that has come.
      var seen = 0
      while seen < 6 {
        if let count = try socket.peekNow(into: room) {
          #expect(count >= seen)
          seen = count
        } else {
          try await socket.readable(until: .never)
        }
      }
      #expect(room[..<6].elementsEqual("abcdef".utf8))
      try socket.drop(4)
      let rest = ByteBuffer()
      while rest.count < 2 { _ = try await socket.read(into: rest, until: .never) }
      #expect(rest.readable.elementsEqual("ef".utf8))
      try await socket.write(rest, until: .never)
      while try socket.peekNow(into: room) != 0 { try await socket.readable(until: .never) }
    }
    try await worker.connect(bound.address) { socket in
      for byte in "abcdef".utf8 {
        let one = ByteBuffer()
        one.write(byte: byte)
        try await socket.write(one, until: .never)
      }
      let answer = ByteBuffer()
      while answer.count < 2 { _ = try await socket.read(into: answer, until: .never) }
      socket.shutdownWriting()
      #expect(try await socket.read(into: answer, until: .never) == 0)
    }
    try await served
  }

  @Test("more than has come must not be dropped")
  func dropTooMuch() async throws {
    let worker = try TestWorker()
    let bound = try ListeningSocket.bind(try #require(SocketAddress(ip: "127.0.0.1", port: 0)))
    async let served: Void = worker.acceptOnce(bound) { socket in
      try await socket.readable(until: .never)
      #expect(throws: SocketError.self) { try socket.drop(10) }
    }
    try await worker.connect(bound.address) { socket in
      let three = ByteBuffer()
      three.write("abc")
      try await socket.write(three, until: .never)
      socket.shutdownWriting()
      _ = try await socket.read(into: ByteBuffer(), until: .never)
    }
    try await served
  }
}
