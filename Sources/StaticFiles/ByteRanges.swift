import Bytes
import HTTPSemantics

/// Which parts of a file a `Range` asks for (RFC 9110 § 14).
public enum ByteRanges: Hashable, Sendable {
  /// All of it: the field asks for nothing that we give in parts.
  case whole
  /// 206 with one part.
  case one(Range<Int>)
  /// 206 with several, in the order asked for: multipart/byteranges.
  case several([Range<Int>])
  /// 416
  case unsatisfiable

  /// More parts than this are not given: each costs more than the bytes in it (RFC 9110 § 14.2 lets a server choose).
  public static let most = 16

  /// - Parameters:
  ///   - value: the field's.
  ///   - size: of the file, in bytes.
  ///
  /// A field that is malformed, asks for more than ``most`` parts, or for the same bytes twice, gets the whole: a short
  /// request must not make a long answer (RFC 9110 § 17.15). So does one for an empty file, which has no first byte.
  public init(_ value: UnsafeRawBufferPointer, size: Int) {
    self = Self.read(value, size) ?? .whole
  }

  private static func read(_ value: UnsafeRawBufferPointer, _ size: Int) -> ByteRanges? {
    guard size > 0, value.count > 6,
      UnsafeRawBufferPointer(rebasing: value[..<6]).equalsIgnoringCase("bytes=")
    else { return nil }
    var found: [Range<Int>] = []
    var first: Range<Int>?
    var asked = 0
    var start = 6
    while start <= value.count {
      var end = start
      while end < value.count, value[end] != UInt8(ascii: ",") { end &+= 1 }
      let item = UnsafeRawBufferPointer(rebasing: value[start..<end]).trimmingWhitespace
      start = end &+ 1
      if item.isEmpty { continue }
      asked &+= 1
      guard asked <= most, let range = part(item, size) else { return nil }
      if range.isEmpty { continue }
      if let known = first {
        if found.isEmpty { found.append(known) }
        if found.contains(where: { $0.overlaps(range) }) { return nil }
        found.append(range)
      } else {
        first = range
      }
    }
    guard asked > 0 else { return nil }
    guard let first else { return .unsatisfiable }
    return found.isEmpty ? .one(first) : .several(found)
  }

  /// `first-last`, `first-` or `-count`; empty where the file has none of it.
  /// - Returns: nil for anything else.
  private static func part(_ item: UnsafeRawBufferPointer, _ size: Int) -> Range<Int>? {
    guard let dash = item.firstIndex(of: UInt8(ascii: "-")) else { return nil }
    let before = UnsafeRawBufferPointer(rebasing: item[..<dash])
    let behind = UnsafeRawBufferPointer(rebasing: item[(dash &+ 1)...])
    if before.isEmpty {
      guard let count = number(behind) else { return nil }
      return size &- min(count, size)..<size
    }
    guard let first = number(before) else { return nil }
    if behind.isEmpty { return first < size ? first..<size : 0..<0 }
    guard let last = number(behind), last >= first else { return nil }
    return first < size ? first..<min(last, size &- 1) &+ 1 : 0..<0
  }

  /// Digits; one too large for an `Int` is as large as that.
  private static func number(_ digits: UnsafeRawBufferPointer) -> Int? {
    guard !digits.isEmpty else { return nil }
    var value = 0
    for byte in digits {
      let digit = byte &- 48
      guard digit < 10 else { return nil }
      let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = tens.addingReportingOverflow(Int(digit))
      value = tooLarge || overflow ? .max : sum
    }
    return value
  }
}

extension ByteRanges {
  /// Writes `Content-Range: bytes first-last/size` (RFC 9110 § 14.4).
  public static func writeContentRange(_ range: Range<Int>, of size: Int, into out: ByteBuffer) {
    out.write("Content-Range: bytes ")
    out.write(decimal: range.lowerBound)
    out.write("-")
    out.write(decimal: range.upperBound &- 1)
    out.write("/")
    out.write(decimal: size)
    out.write("\r\n")
  }

  /// What a 416 says of the file.
  public static func writeUnsatisfied(size: Int, into out: ByteBuffer) {
    out.write("Content-Range: bytes */")
    out.write(decimal: size)
    out.write("\r\n")
  }
}

/// Several parts of a whole in one body (RFC 9110 § 14.6):
///
///     CRLF --boundary CRLF Content-Type: … CRLF Content-Range: … CRLF CRLF   bytes of the first part
///     …                                                                      bytes of the next
///     CRLF --boundary-- CRLF
public struct MultipartRanges {
  public let ranges: [Range<Int>]
  private let boundary: [UInt8]
  /// Of the whole; empty: not known.
  private let contentType: [UInt8]
  /// Bytes of the whole.
  private let size: Int

  /// - Parameter random: makes a boundary that the file does not hold.
  public init(_ ranges: [Range<Int>], of file: Representation, random: (UInt64, UInt64)) {
    self.init(ranges, contentType: Array(file.contentType.utf8), size: file.size, random: random)
  }

  /// - Parameters:
  ///   - contentType: of the whole; empty: not known.
  ///   - size: of the whole, in bytes.
  ///   - random: makes a boundary that the whole does not hold.
  public init(_ ranges: [Range<Int>], contentType: [UInt8], size: Int, random: (UInt64, UInt64)) {
    self.ranges = ranges
    self.contentType = contentType
    self.size = size
    let text = ByteBuffer(capacity: 64)
    text.write("sluice-")
    text.write(hexadecimal: UInt(truncatingIfNeeded: random.0))
    text.write(hexadecimal: UInt(truncatingIfNeeded: random.1))
    boundary = Array(text.readable)
  }

  /// Writes the response's `Content-Type`.
  public func writeContentType(into out: ByteBuffer) {
    out.write("Content-Type: multipart/byteranges; boundary=")
    out.write(boundary)
    out.write("\r\n")
  }

  /// Writes what stands before the bytes of a part.
  public func writeHead(of range: Range<Int>, into out: ByteBuffer) {
    out.write("\r\n--")
    out.write(boundary)
    out.write("\r\n")
    if !contentType.isEmpty {
      out.write("Content-Type: ")
      out.write(contentType)
      out.write("\r\n")
    }
    ByteRanges.writeContentRange(range, of: size, into: out)
    out.write("\r\n")
  }

  /// Writes what stands behind the last part.
  public func writeEnd(into out: ByteBuffer) {
    out.write("\r\n--")
    out.write(boundary)
    out.write("--\r\n")
  }

  /// The body's length in bytes, everything between the parts included.
  public var byteCount: Int {
    let out = ByteBuffer(capacity: 256)
    var total = 0
    for range in ranges {
      out.clear()
      writeHead(of: range, into: out)
      total &+= out.count &+ range.count
    }
    out.clear()
    writeEnd(into: out)
    return total &+ out.count
  }
}
