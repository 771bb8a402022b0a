import Bytes
import Testing

@testable import HTTPWire

/// Conversations that were changed at random, always in the same way: whatever comes, a session must neither trap nor hang,
/// and hold its limits.
@Suite("Mutated HTTP/2")
struct HTTP2ServerMutationTests {
  private static let seeds: [[UInt8]] = [
    Frames.head(1, Frames.get + [("accept", "*/*"), ("cookie", "a=1"), ("priority", "u=1, i")]),
    Frames.head(1, [(":method", "POST")] + Frames.get.dropFirst(), isWhole: false) + Frames.data(1, "hello")
      + Frames.data(1, "world", isWhole: true) + Frames.head(3, Frames.get),
    Frames.head(1, [(":method", "POST")] + Frames.get.dropFirst() + [("content-length", "5")], isWhole: false)
      + Frames.frame(0, 8, 1, [3] + Array("hello".utf8) + [0, 0, 0]) + Frames.head(1, [("x-trailer", "y")]),
    Frames.head(
      1,
      [
        (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":authority", "a"), (":path", "/c"),
      ], isWhole: false) + Frames.data(1, "frame") + Frames.frame(3, 0, 1, [0, 0, 0, 8]),
    Frames.frame(1, 1, 1, Frames.section(Frames.get)) + Frames.frame(9, 4, 1, Frames.section([("x", "y")]))
      + Frames.frame(6, 0, 0, [UInt8](repeating: 1, count: 8)) + Frames.frame(8, 0, 1, [0, 0, 1, 0])
      + Frames.frame(2, 0, 5, [0, 0, 0, 1, 3]) + Frames.frame(16, 0, 0, [0, 0, 0, 1] + Array("u=2".utf8))
      + Frames.frame(7, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
    [0x88, 0x41, 0x8A, 0x08, 0x9D, 0x5C],
  ]

  @Test("a session must survive whatever comes, and hold its limits", arguments: [1, 2, 3, 4] as [UInt64])
  func survives(_ seed: UInt64) {
    var mutations = Mutations(seed)
    let settings = HTTP2Settings(
      concurrentStreams: 4, streamWindow: 4096, connectionWindow: 65_535,
      head: HeadLimits(targetBytes: 256, headBytes: 1024, fieldCount: 16))
    for round in 0..<1500 {
      let peer = Conversation(settings: settings, isBegun: mutations.next(10) > 0)
      var bytes = Self.seeds[mutations.next(Self.seeds.count)]
      if mutations.next(3) == 0 { bytes += Self.seeds[mutations.next(Self.seeds.count)] }
      bytes = mutations.change(bytes)
      var goesOn = true
      while !bytes.isEmpty, goesOn {
        let count = 1 + mutations.next(bytes.count)
        goesOn = peer.receive(Array(bytes[..<count]), now: Int64(round))
        bytes.removeFirst(count)
        for request in peer.requests where mutations.next(2) == 0 && !request.stream.isEnding {
          peer.answer(request.stream, "answer")
        }
        _ = peer.output(limit: 1 + mutations.next(4096))
      }
      for request in peer.requests {
        #expect(request.text.utf8.count <= 1024 + 256)
        #expect(request.refusal != nil || request.text.hasSuffix("\r\n\r\n"))
        if request.refusal == nil {
          // Whatever came as one head is one head, and nothing behind it.
          switch Wire.request(request.text).0 {
          case .complete(let count): #expect(count == request.text.utf8.count)
          case .incomplete: Issue.record("a head without an end: \(request.text)")
          case .failed: break
          }
        }
        #expect(request.stream.body.count <= 65_535)
      }
      peer.session.closeStreams()
      #expect(!peer.session.hasStreams)
    }
  }
}
