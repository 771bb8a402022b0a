import Bytes
import HTTPSemantics

/// Reads request heads from a buffer, one behind the other (RFC 9112 § 3 to § 6).
///
///     idle ──bytes──▶ request line ──whole──▶ fields ──empty line──▶ decided ──▶ idle
///
/// It keeps its place: a head that arrives in a thousand pieces is looked through once, not a thousand times. While a
/// head is incomplete the buffer may grow and be filled, but not be cleared, compacted or consumed.
///
/// One parser per connection, since it remembers where it stopped.
public struct RequestHeadParser {
  private enum Phase { case idle, requestLine, fields }

  private var phase = Phase.idle
  /// Where the head begins, where the line begins that is not whole yet, and how far that one was searched for its end.
  private var start = 0
  private var line = 0
  private var searched = 0
  private var section = FieldSection()

  public init() {}

  /// Whether no byte of a head has been seen that is not part of a whole one: the connection is between messages.
  public var isIdle: Bool { phase == .idle }

  /// Forgets a head that was begun.
  public mutating func reset() { phase = .idle }

  /// Reads a head from the readable bytes, or goes on with one.
  ///
  /// `head` is filled as lines are found, and is to be relied upon only after `.complete`.
  public mutating func parse(buffer: ByteBuffer, into head: RequestHead, limits: HeadLimits = .standard) -> HeadResult {
    let base = buffer.base
    let end = min(buffer.writeIndex, Int(UInt32.max))
    if phase == .idle {
      start = buffer.readIndex
      line = start
      guard start < end else { return .incomplete }
      // One empty line before the request line is forgiven (RFC 9112 § 2.2).
      if ByteScan.byte(base, line) == 13 {
        guard line &+ 1 < end else { return .incomplete }
        guard ByteScan.byte(base, line &+ 1) == 10 else { return .failed(.bareCarriageReturn) }
        line &+= 2
        guard line < end else { return .incomplete }
      }
      if head.buffer !== buffer { head.buffer = buffer }
      section = FieldSection()
      phase = .requestLine
    } else {
      searched = ByteScan.first(10, in: base, from: searched, end: end)
      // A line that is still not whole is read again only when it has become too long, for the reason.
      if searched == end, end &- line <= (phase == .requestLine ? limits.targetBytes : limits.headBytes) {
        return .incomplete
      }
    }

    let bound = start &+ limits.headBytes
    if phase == .requestLine {
      switch RequestLine.parse(base, from: line, end: end, limit: limits.targetBytes, into: head) {
      case .complete(let behind):
        line = behind
        phase = .fields
        if behind > bound { return fail(.headTooLarge) }
        head.fields.removeAll(keepingCapacity: true)
        head.hasLowercaseNames = false
      case .incomplete: return wait(end, bound)
      case .failed(let error): return fail(error)
      }
    }

    // The array is taken out of the head while it grows: a local one needs no check for other owners at each line.
    var fields = ContiguousArray<FieldSlice>()
    swap(&fields, &head.fields)
    let result = section.parse(
      base, from: line, end: end, bound: bound, count: limits.fieldCount, into: &fields)
    swap(&fields, &head.fields)
    switch result {
    case .complete(let behind):
      head.present = section.seen
      if let error = RequestRules.decide(head, section) { return fail(error) }
      phase = .idle
      return .complete(byteCount: behind &- start)
    case .incomplete(let unfinished):
      line = unfinished
      return wait(end, bound)
    case .failed(let error): return fail(error)
    }
  }

  private mutating func wait(_ end: Int, _ bound: Int) -> HeadResult {
    if end > bound { return fail(.headTooLarge) }
    searched = end
    return .incomplete
  }

  private mutating func fail(_ error: WireError) -> HeadResult {
    phase = .idle
    return .failed(error)
  }
}
