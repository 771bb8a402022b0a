import Testing

@testable import HTTPWire

@Suite("Closed streams")
struct ClosedStreamsTests {
  @Test("a stream must be known for closed, passed over, reset by us, or not at all")
  func verdicts() {
    var streams = ClosedStreams()
    for id in [1, 3, 9] as [Int32] { streams.noteOpened(id) }
    streams.noteReset(3)
    #expect(streams.verdict(1) == .closed)
    #expect(streams.verdict(3) == .unknown)
    #expect(streams.verdict(5) == .passedOver)
    #expect(streams.verdict(9) == .closed)
    #expect(streams.verdict(11) == .unknown)
    #expect(streams.verdict(2) == .unknown)
    #expect(streams.verdict(0) == .unknown)
  }

  @Test("once resets have been forgotten, no client must be blamed")
  func forgotten() {
    var streams = ClosedStreams()
    for index in 0..<65 as Range<Int32> {
      streams.noteOpened(index * 2 + 1)
      streams.noteReset(index * 2 + 1)
    }
    #expect(streams.verdict(1) == .unknown)
  }
}

@Suite("Frame scanners")
struct FrameScannerTests {
  private func scan(_ bytes: [UInt8], inPiecesOf size: Int) -> [String] {
    var scanner = FrameScanner()
    var stops: [String] = []
    for start in stride(from: 0, to: bytes.count, by: size) {
      Array(bytes[start..<min(start + size, bytes.count)]).withUnsafeBytes { piece in
        var at = 0
        while true {
          switch scanner.scan(piece, from: &at) {
          case .end: return
          case .frame(let frame): stops.append("\(frame.type) \(frame.stream) \(frame.length)")
          case .flaw: stops.append("flaw")
          }
        }
      }
    }
    return stops
  }

  @Test("frames must be found wherever reads have cut them")
  func frames() {
    let bytes =
      Frames.preface + Frames.head(1, Frames.get) + Frames.data(1, "abc") + Frames.frame(2, 0, 3, [0, 0, 0, 1, 9])
      + Frames.frame(2, 0, 3, [0x80, 0, 0, 3, 9]) + Frames.data(5, "") + Frames.frame(2, 0, 0, [0, 0, 0, 1, 9])
      + Frames.data(7, "x")
    for size in [1, 2, 3, 5, 9, 10, 1000] {
      #expect(
        scan(bytes, inPiecesOf: size) == [
          "4 0 0", "1 1 61", "0 1 3", "2 3 5", "2 3 5", "flaw", "0 5 0", "flaw", "0 7 1",
        ], "in pieces of \(size)")
    }
  }
}

@Suite("Flood guards")
struct FloodGuardTests {
  @Test("a burst must be taken, and more only as time passes")
  func burst() {
    var guardian = FloodGuard()
    var count = 0
    while !guardian.note(.pingFlood, now: 0) { count += 1 }
    #expect(count == FloodGuard.burst / 5)
    let (soon, later) = (guardian.note(.pingFlood, now: 1), guardian.note(.pingFlood, now: 10_000))
    #expect(soon)
    #expect(!later)
  }

  @Test("whoever is served must not be taken for a flood")
  func served() {
    var guardian = FloodGuard()
    var isFlood = false
    for _ in 0..<100_000 {
      isFlood = guardian.note(.resetFlood, now: 0) || isFlood
      guardian.noteAnswer()
    }
    #expect(!isFlood)
  }

  @Test("a clock that stands still or jumps must not trap")
  func clock() {
    var guardian = FloodGuard()
    for now in [0, .max, 5, .min, 0] as [Int64] { _ = guardian.note(.settingsFlood, now: now) }
  }
}

@Suite("HTTP/2's preface")
struct HTTP2PrefaceTests {
  @Test("the preface must be known when it is whole, and possible while it is not")
  func match() {
    let whole = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    func match(_ bytes: [UInt8]) -> HTTP2Preface.Match { bytes.withUnsafeBytes { HTTP2Preface.match($0) } }
    for count in 0..<whole.count { #expect(match(Array(whole[..<count])) == .begun) }
    #expect(match(whole) == .whole)
    #expect(match(whole + [0]) == .whole)
    #expect(match(Array("PRI * HTTP/2.1".utf8)) == .absent)
    #expect(match(Array("GET".utf8)) == .absent)
  }
}
