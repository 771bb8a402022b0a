import Bytes
import HTTPSemantics

/// The field lines of one section (RFC 9112 § 5) on their way from bytes to `FieldSlice`s.
///
///     field-name ":" OWS field-value OWS CRLF
///
/// Used for heads and for trailers. It reads line by line and can go on where it stopped; what the lines mean is decided
/// behind it, when the whole section is there. Which known names came, and which came twice, are two words of bits.
struct FieldSection {
  enum Result {
    /// The section is whole; the byte behind its empty line.
    case complete(Int)
    /// The line that begins here is not whole yet.
    case incomplete(Int)
    case failed(WireError)
  }

  var seen = FieldSet()
  var repeated = FieldSet()
  /// Whether a name that is not known has a `_`.
  var hasUnderscores = false

  /// Reads the lines from `from` on.
  /// - Parameters:
  ///   - bound: where the section must end; a line that reaches beyond it is too much.
  ///   - count: how many lines `fields` may hold.
  @inline(__always)
  mutating func parse(
    _ base: UnsafeRawPointer, from: Int, end: Int, bound: Int, count: Int,
    into fields: inout ContiguousArray<FieldSlice>
  ) -> Result {
    var line = from
    while true {
      guard line < end else { return .incomplete(line) }
      if ByteScan.byte(base, line) == 13 {
        guard line &+ 1 < end else { return .incomplete(line) }
        guard ByteScan.byte(base, line &+ 1) == 10 else { return .failed(.bareCarriageReturn) }
        guard line &+ 2 <= bound else { return .failed(.headTooLarge) }
        return .complete(line &+ 2)
      }

      let colon = ByteScan.first(58, in: base, from: line, end: end)
      guard colon < end else {
        if case .mistake(let mistake) = FieldSection.look(atName: base, line, end) { return .failed(mistake) }
        return .incomplete(line)
      }
      let id = FieldID.recognise(base + line, count: colon &- line, readable: end &- line)
      if id == .other {
        if colon == line { return .failed(.emptyFieldName) }
        switch FieldSection.look(atName: base, line, colon) {
        case .usual: break
        case .underscored: hasUnderscores = true
        case .mistake(let mistake): return .failed(mistake)
        }
        if colon &- line > 0xFFFF { return .failed(.headTooLarge) }
      }

      var start = colon &+ 1
      while start < end, ByteScan.byte(base, start) == 32 || ByteScan.byte(base, start) == 9 { start &+= 1 }
      let stop = ByteScan.firstControl(in: base, from: start, end: end)
      guard stop < end else { return .incomplete(line) }
      guard ByteScan.byte(base, stop) == 13 else { return .failed(FieldSection.mistake(of: ByteScan.byte(base, stop))) }
      guard stop &+ 1 < end else { return .incomplete(line) }
      guard ByteScan.byte(base, stop &+ 1) == 10 else { return .failed(.bareCarriageReturn) }
      var valueEnd = stop
      while valueEnd > start, ByteScan.byte(base, valueEnd &- 1) == 32 || ByteScan.byte(base, valueEnd &- 1) == 9 {
        valueEnd &-= 1
      }

      guard stop &+ 2 <= bound else { return .failed(.headTooLarge) }
      guard fields.count < count else { return .failed(.tooManyFields) }
      if seen.insert(id) { repeated.insert(id) }
      fields.append(
        FieldSlice(
          nameStart: UInt32(truncatingIfNeeded: line), nameCount: UInt16(truncatingIfNeeded: colon &- line), id: id,
          valueStart: UInt32(truncatingIfNeeded: start), valueCount: UInt32(truncatingIfNeeded: valueEnd &- start)))
      line = stop &+ 2
    }
  }

  private enum Name {
    case usual, underscored
    case mistake(WireError)
  }

  /// What the bytes of a field name are.
  @inline(never)
  private static func look(atName base: UnsafeRawPointer, _ start: Int, _ end: Int) -> Name {
    var name = Name.usual
    var at = start
    while at < end {
      let byte = ByteScan.byte(base, at)
      if !ByteSet.tokenWithoutUnderscore.contains(byte) {
        switch byte {
        case 95: name = .underscored
        case 32, 9: return .mistake(at == start ? .foldedField : .whitespaceBeforeColon)
        case 0: return .mistake(.nulByte)
        case 10: return .mistake(.bareLineFeed)
        default: return .mistake(.malformedFieldName)
        }
      }
      at &+= 1
    }
    return name
  }

  private static func mistake(of control: UInt8) -> WireError {
    switch control {
    case 0: .nulByte
    case 10: .bareLineFeed
    default: .controlByte
    }
  }
}
