/// Looks at where frames begin in a client's bytes, for two rules that nghttp2 does not see to. It passes over DATA for a
/// stream that it has forgotten, where the peer may have been the one to end it (RFC 9113 § 5.1: `ClosedStreams`). And where
/// RFC 9218's priorities have taken the place of RFC 7540's it no longer looks at PRIORITY frames, which belong to a stream
/// that does not depend on itself (RFC 7540 § 5.3.1 and § 6.3).
///
///     length (24)  type (8)  flags (8)  R, stream (32)  payload (length)          RFC 9113 § 4.1
///     PRIORITY's payload:  E, dependency (32)  weight (8)
struct FrameScanner {
  enum Stop {
    /// All bytes have been looked at.
    case end
    /// The head of a DATA frame ends behind so many bytes.
    case data(at: Int, stream: Int32)
    /// What is wrong ends behind so many bytes.
    case flaw(at: Int)
  }

  /// Bytes before the next frame's head: of a payload, or of the preface.
  private var skipped = HTTP2Preface.bytes.utf8CodeUnitCount
  /// Bytes of a frame's head, or of PRIORITY's dependency, that have come so far; and how many are wanted.
  private var gathered: (high: UInt64, low: UInt64) = (0, 0)
  private var count = 0
  private var wanted = FrameScanner.headCount
  /// The stream of the PRIORITY frame whose payload is being read; nil elsewhere.
  private var prioritized: UInt64?
  private static let headCount = 9

  /// Looks at the next bytes.
  /// - Returns: where to stop and think; `scan` goes on from there.
  mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Stop {
    var at = 0
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
      if count == wanted, let stop = decide(at) { return stop }
    }
    return .end
  }

  /// What was gathered is whole.
  private mutating func decide(_ at: Int) -> Stop? {
    defer {
      gathered = (0, 0)
      count = 0
    }
    if let stream = prioritized {
      prioritized = nil
      wanted = Self.headCount
      skipped = 1
      return gathered.low & 0x7FFF_FFFF == stream ? .flaw(at: at) : nil
    }
    let length = Int(gathered.high &<< 16 | gathered.low &>> 48)
    let stream = gathered.low & 0x7FFF_FFFF
    skipped = length
    switch gathered.low &>> 40 & 0xFF {
    case 0: return .data(at: at, stream: Int32(truncatingIfNeeded: stream))
    case 2 where stream == 0: return .flaw(at: at)
    case 2 where length == 5:
      prioritized = stream
      wanted = 4
      skipped = 0
      return nil
    default: return nil
    }
  }
}
