import Bytes
import HTTPSemantics

/// Reads response heads from a buffer (RFC 9112 § 4 to § 6), as strictly as requests: what an origin says unclearly is
/// not passed on.
///
///     HTTP-version SP status-code [ SP [ reason-phrase ] ] CRLF
///
/// The space behind the code is missing from enough origins to be forgiven; the reason phrase is checked and dropped.
/// The same rules as for `RequestHeadParser` hold for the buffer.
public struct ResponseHeadParser {
  private enum Phase { case idle, statusLine, fields }

  private var phase = Phase.idle
  private var start = 0
  private var line = 0
  private var searched = 0
  private var section = FieldSection()

  public init() {}

  /// Whether no byte of a head has been seen that is not part of a whole one.
  public var isIdle: Bool { phase == .idle }

  /// Forgets a head that was begun.
  public mutating func reset() { phase = .idle }

  /// Reads a head from the readable bytes, or goes on with one.
  /// - Parameter method: the method of the request that it answers, which has a say in where the body ends.
  public mutating func parse(
    buffer: ByteBuffer, into head: ResponseHead, answering method: HTTPMethod, limits: HeadLimits = .standard
  ) -> HeadResult {
    let base = buffer.base
    let end = min(buffer.writeIndex, Int(UInt32.max))
    if phase == .idle {
      start = buffer.readIndex
      line = start
      guard start < end else { return .incomplete }
      if head.buffer !== buffer { head.buffer = buffer }
      section = FieldSection()
      phase = .statusLine
    } else {
      searched = ByteScan.first(10, in: base, from: searched, end: end)
      if searched == end, end &- line <= limits.headBytes { return .incomplete }
    }

    let bound = start &+ limits.headBytes
    if phase == .statusLine {
      switch statusLine(base, end, head) {
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

    var fields = ContiguousArray<FieldSlice>()
    swap(&fields, &head.fields)
    let result = section.parse(base, from: line, end: end, bound: bound, count: limits.fieldCount, into: &fields)
    swap(&fields, &head.fields)
    switch result {
    case .complete(let behind):
      head.present = section.seen
      if let error = ResponseRules.decide(head, section, answering: method) { return fail(error) }
      phase = .idle
      return .complete(byteCount: behind &- start)
    case .incomplete(let unfinished):
      line = unfinished
      return wait(end, bound)
    case .failed(let error): return fail(error)
    }
  }

  @inline(__always)
  private func statusLine(_ base: UnsafeRawPointer, _ end: Int, _ head: ResponseHead) -> RequestLine.Result {
    guard line &+ 13 <= end else { return shortStatusLine(base, end) }
    switch ByteScan.word(base, line) {
    case RequestLine.http11: head.minorVersion = 1
    case RequestLine.http10: head.minorVersion = 0
    default: return .failed(.malformedStatusLine)
    }
    let hundreds = ByteScan.byte(base, line &+ 9) &- 48
    let tens = ByteScan.byte(base, line &+ 10) &- 48
    let units = ByteScan.byte(base, line &+ 11) &- 48
    guard ByteScan.byte(base, line &+ 8) == 32, hundreds &- 1 < 9, tens < 10, units < 10 else {
      return .failed(.malformedStatusLine)
    }
    head.status = Int(hundreds) &* 100 &+ Int(tens) &* 10 &+ Int(units)
    var at = line &+ 12
    if ByteScan.byte(base, at) == 32 {
      at = ByteScan.firstControl(in: base, from: at &+ 1, end: end)
      guard at < end else { return .incomplete }
    }
    switch ByteScan.byte(base, at) {
    case 13: break
    case 10: return .failed(.bareLineFeed)
    case 0: return .failed(.nulByte)
    case 1..<32, 127: return .failed(.controlByte)
    default: return .failed(.malformedStatusLine)
    }
    guard at &+ 1 < end else { return .incomplete }
    guard ByteScan.byte(base, at &+ 1) == 10 else { return .failed(.bareCarriageReturn) }
    return .complete(at &+ 2)
  }

  /// A line too short to be whole: wrong already, or to be waited for.
  private func shortStatusLine(_ base: UnsafeRawPointer, _ end: Int) -> RequestLine.Result {
    let form: StaticString = "HTTP/1.d ddd"
    var at = line
    while at < end, at &- line < 12 {
      let byte = ByteScan.byte(base, at)
      let expected = form.utf8Start[at &- line]
      guard expected == 100 ? byte &- 48 < 10 : byte == expected else { return .failed(.malformedStatusLine) }
      at &+= 1
    }
    return .incomplete
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
