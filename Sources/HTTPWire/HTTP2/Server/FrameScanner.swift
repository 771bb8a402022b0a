/// Looks at where frames begin in a client's bytes, for what nghttp2 does not tell or see to: frames that only cost
/// (`FloodGuard`), unknown ones among them; frames for streams that the peer itself has ended (`ClosedStreams`); and PRIORITY,
/// which nghttp2 passes over where RFC 9218's priorities have taken its place: it belongs to a stream that does not depend on
/// itself (RFC 7540 § 5.3.1 and § 6.3).
///
///     length (24)  type (8)  flags (8)  R, stream (32)  payload (length)          RFC 9113 § 4.1
///     PRIORITY's payload:  E, dependency (32)  weight (8)
struct FrameScanner {
  enum Stop {
    /// All bytes have been looked at.
    case end
    /// A frame's head has been passed.
    case frame(Frame)
    /// What was passed is wrong.
    case flaw
  }

  struct Frame: Equatable {
    var type: UInt8
    var flags: UInt8
    var stream: Int32
    var length: Int

    /// RFC 9113 § 6, RFC 9218 § 7.1.
    static let data: UInt8 = 0
    static let headers: UInt8 = 1
    static let priority: UInt8 = 2
    static let rstStream: UInt8 = 3
    static let settings: UInt8 = 4
    static let ping: UInt8 = 6
    static let windowUpdate: UInt8 = 8
    static let continuation: UInt8 = 9
    static let priorityUpdate: UInt8 = 16

    var endsStream: Bool { flags & 1 != 0 }
  }

  /// Bytes before the next frame's head: of a payload, or of the preface.
  private var skipped = HTTP2Preface.bytes.utf8CodeUnitCount
  /// Bytes of a frame's head, or of PRIORITY's dependency, that have come so far; and how many are wanted.
  private var gathered: (high: UInt64, low: UInt64) = (0, 0)
  private var count = 0
  private var wanted = FrameScanner.headCount
  /// The stream of the PRIORITY frame whose payload is being read; nil elsewhere.
  private var prioritized: UInt64?
  static let headCount = 9

  /// Looks at the next bytes, up to where there is something to think about.
  /// - Parameter at: where to begin; afterwards, where to go on.
  mutating func scan(_ bytes: UnsafeRawBufferPointer, from at: inout Int) -> Stop {
    while at < bytes.count {
      if skipped > 0 {
        let passed = min(skipped, bytes.count &- at)
        skipped &-= passed
        at &+= passed
        continue
      }
      gathered.high = gathered.high &<< 8 | gathered.low &>> 56
      gathered.low = gathered.low &<< 8 | UInt64(bytes[at])
      at &+= 1
      count &+= 1
      if count == wanted, let stop = decide() { return stop }
    }
    return .end
  }

  /// What was gathered is whole.
  private mutating func decide() -> Stop? {
    defer {
      gathered = (0, 0)
      count = 0
    }
    if let stream = prioritized {
      prioritized = nil
      wanted = Self.headCount
      skipped = 1
      return gathered.low & 0x7FFF_FFFF == stream ? .flaw : nil
    }
    let length = Int(gathered.high &<< 16 | gathered.low &>> 48)
    let stream = gathered.low & 0x7FFF_FFFF
    skipped = length
    let frame = Frame(
      type: UInt8(truncatingIfNeeded: gathered.low &>> 40), flags: UInt8(truncatingIfNeeded: gathered.low &>> 32),
      stream: Int32(truncatingIfNeeded: stream), length: length)
    if frame.type == Frame.priority {
      if stream == 0 { return .flaw }
      if length == 5 {
        prioritized = stream
        wanted = 4
        skipped = 0
      }
    }
    return .frame(frame)
  }
}
