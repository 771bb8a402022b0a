/// What is remembered of streams that are no more, to tell a peer that has lost count from one that could not know yet.
///
/// Frames of a stream that the client itself has ended are its mistake, and end the connection; those of a stream that we
/// reset were sent before it heard of that, and are passed over (RFC 9113 § 5.1).
struct ClosedStreams {
  enum Verdict {
    /// It is open, or for nghttp2 to judge.
    case unknown
    case closed
    /// It was never opened, and a later one has been.
    case passedOver
  }

  /// The last stream that the client has opened.
  private var last: Int32 = 0
  /// Streams between two that the client opened, and that it skipped: the latest of such gaps.
  private var gap: Range<Int32> = 0..<0
  /// Streams that we reset; the oldest is forgotten first.
  private var reset: [Int32] = []
  private var next = 0
  private var hasForgotten = false
  private static let most = 64

  mutating func noteOpened(_ id: Int32) {
    guard id > last else { return }
    if id > last &+ 2 { gap = (last &+ 1)..<id }
    last = id
  }

  mutating func noteReset(_ id: Int32) {
    if reset.count < Self.most {
      reset.append(id)
    } else {
      hasForgotten = true
      reset[next] = id
      next = (next + 1) % Self.most
    }
  }

  /// What a stream is that is not open, and that a frame has come for.
  func verdict(_ id: Int32) -> Verdict {
    guard id > 0, id & 1 == 1, id <= last else { return .unknown }
    if gap.contains(id) { return .passedOver }
    return hasForgotten || reset.contains(id) ? .unknown : .closed
  }
}
