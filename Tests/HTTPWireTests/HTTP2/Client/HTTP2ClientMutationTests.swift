import Bytes
import Testing

@testable import HTTPWire

/// Answers that were changed at random, always in the same way: whatever comes, a session with an origin must neither trap nor
/// hang, and hold its limits.
@Suite("Mutated answers")
struct HTTP2ClientMutationTests {
  private static let seeds: [[UInt8]] = [
    Frames.frame(4, 0, 0, [0, 3, 0, 0, 0, 5]) + Frames.head(1, [(":status", "200"), ("a", "b")], isWhole: false)
      + Frames.data(1, "body") + Frames.head(1, [("grpc-status", "0")]),
    Frames.frame(4, 0, 0, []) + Frames.head(1, [(":status", "103")], isWhole: false)
      + Frames.head(1, [(":status", "204")])
      + Frames.head(3, [(":status", "200"), ("content-length", "3")], isWhole: false)
      + Frames.data(3, "abc", isWhole: true),
    Frames.frame(4, 0, 0, [0, 4, 0, 0, 0, 9]) + Frames.frame(1, 0, 1, Frames.section([(":status", "200")]))
      + Frames.frame(9, 4, 1, Frames.section([("x", "y")])) + Frames.frame(8, 0, 1, [0, 0, 1, 0])
      + Frames.frame(6, 0, 0, [UInt8](repeating: 1, count: 8)) + Frames.frame(3, 0, 3, [0, 0, 0, 7])
      + Frames.frame(7, 0, 0, [0, 0, 0, 1, 0, 0, 0, 0]) + Frames.data(1, "z", isWhole: true),
    Array("HTTP/1.1 200 OK\r\n\r\n".utf8),
  ]

  @Test("a session must survive whatever comes", arguments: [1, 2, 3, 4] as [UInt64])
  func survives(_ seed: UInt64) {
    var mutations = Mutations(seed)
    let settings = HTTP2Settings(streamWindow: 4096, head: HeadLimits(headBytes: 1024, fieldCount: 16))
    for round in 0..<1500 {
      let client = ClientConversation(settings: settings, isBegun: false)
      let calls = [client.call(), client.call("POST / HTTP/1.1\r\nHost: a\r\n\r\n", following: .pieces)]
      _ = client.output()
      var bytes = mutations.change(Self.seeds[round % Self.seeds.count])[...]
      while !bytes.isEmpty {
        let count = 1 + mutations.next(bytes.count)
        client.receive(Array(bytes.prefix(count)))
        bytes = bytes.dropFirst(count)
        if mutations.next(3) == 0 { client.session.reset(calls[mutations.next(2)], .cancel) }
        _ = client.output()
      }
      client.session.closeStreams()
      for call in calls {
        #expect(call.isClosed)
        #expect(call.heads.allSatisfy { $0.utf8.count <= 1024 + 2 })
        #expect(call.body.count <= 4096)
      }
    }
  }
}
