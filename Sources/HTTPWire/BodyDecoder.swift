import Bytes
import HTTPSemantics

/// Finds the content of one message body in the bytes of a connection (RFC 9112 § 6 and § 7), without copying it.
///
///     .length      counting ──────────────────────────────────▶ done
///     .chunked     size ─▶ (extension) ─▶ data ─▶ data end ─┐
///                   ▲────────────────────────────────────────┘
///                  size 0 ─▶ trailers ──empty line───────────▶ done
///     .untilClose  open ──connection closed───────────────────▶ done
///
/// Ask `next` until it says `.needsMore`, read from the peer, ask again. Whatever it consumes it takes off the buffer by
/// moving `readIndex`, and it never clears or compacts the buffer: a head that lies in front of the body stays valid, and
/// the caller takes room back when the buffer is empty, which after `.needsMore` it always is outside of trailers.
public struct BodyDecoder {
  public enum Step: Equatable, Sendable {
    /// Content, at this range of the buffer counted from `base`; taken off the buffer already, and there until the
    /// buffer is written to, cleared or compacted.
    case data(Range<Int>)
    /// The body goes on behind what has been received.
    case needsMore
    /// The body is whole. What the buffer still holds belongs to the next message.
    case end
    case failed(WireError)
  }

  private enum State: Equatable {
    case counting, open, done
    case size, sizeLineFeed, data, dataReturn, dataLineFeed, trailers
    case extensionName, extensionNameRest, extensionValue, extensionToken, extensionQuoted, extensionEscape,
      extensionEnd
    case failed(WireError)
  }

  private var state: State
  /// Bytes of content still to come: of the body, or of the chunk; while its size is read, that size so far.
  private var remaining: UInt64 = 0
  private var digits: UInt8 = 0
  private var contentBytes: UInt64 = 0
  private var extensionBytes = 0
  private var trailerBytes = 0
  private var trailerCount = 0
  private let limits: BodyLimits

  /// The trailer section as lines `Name: value CRLF` without the empty line, after `.end`; nil where there is none.
  /// Fields that a trailer must not change (RFC 9110 § 6.5.1) have been left out.
  public private(set) var trailers: ByteBuffer?

  public init(_ framing: BodyFraming, limits: BodyLimits = .standard) {
    self.limits = limits
    switch framing {
    case .none: state = .done
    case .length(let count):
      remaining = count
      state = count == 0 ? .done : .counting
      if count > limits.contentBytes { state = .failed(.contentTooLarge) }
    case .chunked: state = .size
    case .untilClose: state = .open
    }
  }

  /// Whether the body has been read to its end.
  public var isDone: Bool { state == .done }

  /// The peer has closed its side.
  /// - Returns: whether the body is whole that way; if not, it was cut off.
  public mutating func peerClosed() -> Bool {
    if state == .open { state = .done }
    return state == .done
  }

  /// The next step of the body, from the readable bytes of the buffer.
  public mutating func next(in buffer: ByteBuffer) -> Step {
    switch state {
    case .done: return .end
    case .failed(let error): return .failed(error)
    case .counting:
      guard !buffer.isEmpty else { return .needsMore }
      let range = take(buffer)
      if remaining == 0 { state = .done }
      return .data(range)
    case .open:
      guard !buffer.isEmpty else { return .needsMore }
      remaining = .max
      let range = take(buffer)
      if let error = count(range.count) { return .failed(error) }
      return .data(range)
    default: return nextOfChunked(buffer)
    }
  }

  /// Takes as much of `remaining` as the buffer holds.
  private mutating func take(_ buffer: ByteBuffer) -> Range<Int> {
    let start = buffer.readIndex
    let size = Int(truncatingIfNeeded: min(UInt64(buffer.count), remaining))
    remaining &-= UInt64(size)
    buffer.readIndex = start &+ size
    return start..<start &+ size
  }

  /// Adds to the content of a body whose length was not announced.
  private mutating func count(_ size: Int) -> WireError? {
    contentBytes &+= UInt64(size)
    guard contentBytes <= limits.contentBytes else { return fail(.contentTooLarge) }
    return nil
  }

  private mutating func fail(_ error: WireError) -> WireError {
    state = .failed(error)
    return error
  }

  private mutating func nextOfChunked(_ buffer: ByteBuffer) -> Step {
    while true {
      if state == .trailers { return nextOfTrailers(buffer) }
      guard !buffer.isEmpty else { return .needsMore }
      if state == .data {
        let range = take(buffer)
        if remaining == 0 { state = .dataReturn }
        if let error = count(range.count) { return .failed(error) }
        return .data(range)
      }
      let byte = ByteScan.byte(buffer.base, buffer.readIndex)
      buffer.readIndex &+= 1
      if let error = step(byte) { return .failed(fail(error)) }
    }
  }

  /// One byte of the framing between the data:
  ///
  ///     chunk     = 1*HEXDIG *( ";" token [ "=" ( token / quoted-string ) ] ) CRLF data CRLF
  ///
  /// White space that RFC 9112 § 7.1.1 allows as "bad" is refused; nobody sends it but those who look for a hole.
  @inline(__always)
  private mutating func step(_ byte: UInt8) -> WireError? {
    switch state {
    case .size:
      if let digit = byte.hexDigitValue {
        // Sixteen digits, leading zeros included, and within a signed 64-bit number.
        guard digits < 16, remaining < 1 &<< 59 else { return .malformedChunkSize }
        digits &+= 1
        remaining = remaining &<< 4 | UInt64(digit)
        return nil
      }
      guard digits > 0 else { return .malformedChunkSize }
      switch byte {
      case 13: state = .sizeLineFeed
      case 59: state = .extensionName
      case 10: return .bareLineFeed
      default: return .malformedChunkSize
      }
    case .sizeLineFeed:
      guard byte == 10 else { return .bareCarriageReturn }
      digits = 0
      state = remaining == 0 ? .trailers : .data
    case .dataReturn:
      guard byte == 13 else { return .malformedChunkEnd }
      state = .dataLineFeed
    case .dataLineFeed:
      guard byte == 10 else { return .malformedChunkEnd }
      state = .size
    default: return stepOfExtension(byte)
    }
    return nil
  }

  /// One byte of a chunk extension, which is checked and thrown away: it means something to this hop only, and none is
  /// defined.
  private mutating func stepOfExtension(_ byte: UInt8) -> WireError? {
    extensionBytes &+= 1
    guard extensionBytes <= limits.extensionBytes else { return .chunkExtensionsTooLarge }
    let isToken = ByteSet.token.contains(byte)
    switch (state, byte) {
    case (.extensionName, _) where isToken: state = .extensionNameRest
    case (.extensionNameRest, _) where isToken: break
    case (.extensionNameRest, 61): state = .extensionValue
    case (.extensionValue, _) where isToken: state = .extensionToken
    case (.extensionValue, 34): state = .extensionQuoted
    case (.extensionToken, _) where isToken: break
    case (.extensionQuoted, 34): state = .extensionEnd
    case (.extensionQuoted, 92): state = .extensionEscape
    case (.extensionQuoted, 9), (.extensionQuoted, 32...126), (.extensionQuoted, 128...): break
    case (.extensionEscape, 9), (.extensionEscape, 32...126), (.extensionEscape, 128...): state = .extensionQuoted
    case (.extensionNameRest, 59), (.extensionToken, 59), (.extensionEnd, 59): state = .extensionName
    case (.extensionNameRest, 13), (.extensionToken, 13), (.extensionEnd, 13): state = .sizeLineFeed
    default: return byte == 10 ? .bareLineFeed : .malformedChunkExtension
    }
    return nil
  }

  /// The trailer section, by whole lines. What is not whole stays in the buffer, within the limit.
  private mutating func nextOfTrailers(_ buffer: ByteBuffer) -> Step {
    guard !buffer.isEmpty else { return .needsMore }
    let start = buffer.readIndex
    var section = FieldSection()
    var fields: ContiguousArray<FieldSlice> = []
    let bound = start &+ max(limits.trailerBytes &- trailerBytes, 0)
    let result = section.parse(
      buffer.base, from: start, end: buffer.writeIndex, bound: bound, count: limits.trailerCount &- trailerCount,
      into: &fields)
    for field in fields where TrailerRules.mayTrail(field.id, buffer[field.name]) {
      let lines = trailers ?? ByteBuffer(capacity: 256)
      trailers = lines
      FieldLine.write(name: buffer[field.name], value: buffer[field.value], into: lines)
    }
    switch result {
    case .complete(let behind):
      buffer.readIndex = behind
      state = .done
      return .end
    case .incomplete(let line):
      guard buffer.writeIndex <= bound else { return .failed(fail(.trailersTooLarge)) }
      trailerBytes &+= line &- start
      trailerCount &+= fields.count
      buffer.readIndex = line
      return .needsMore
    case .failed(let error):
      return .failed(fail(error == .headTooLarge || error == .tooManyFields ? .trailersTooLarge : error))
    }
  }
}
