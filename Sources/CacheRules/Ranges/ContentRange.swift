import Bytes
import HTTPSemantics

/// `Content-Range: bytes first-last/complete` (RFC 9110 § 14.4): which bytes of a representation a response has.
public struct ContentRange: Equatable, Sendable {
  public let first: Int
  /// Inclusive.
  public let last: Int
  /// The length of the whole; nil where it is not known (`*`).
  public let complete: Int?

  public init(first: Int, last: Int, complete: Int?) {
    self.first = first
    self.last = last
    self.complete = complete
  }

  /// - Returns: nil for another unit, for what is malformed, and for a range that its whole does not have.
  public init?(_ bytes: UnsafeRawBufferPointer) {
    guard bytes.count > 6, UnsafeRawBufferPointer(rebasing: bytes[..<6]).equalsIgnoringCase("bytes ") else {
      return nil
    }
    let rest = UnsafeRawBufferPointer(rebasing: bytes[6...])
    guard let dash = rest.firstIndex(of: 45), let slash = rest.firstIndex(of: 47), dash < slash,
      let first = DecimalNumber.parse(UnsafeRawBufferPointer(rebasing: rest[..<dash])),
      let last = DecimalNumber.parse(UnsafeRawBufferPointer(rebasing: rest[(dash &+ 1)..<slash])), first <= last,
      last < Int.max
    else { return nil }
    let whole = UnsafeRawBufferPointer(rebasing: rest[(slash &+ 1)...])
    if whole.equals("*") {
      self.init(first: first, last: last, complete: nil)
    } else {
      guard let complete = DecimalNumber.parse(whole), last < complete else { return nil }
      self.init(first: first, last: last, complete: complete)
    }
  }

  public var count: Int { last &- first &+ 1 }

  /// Whether a `Content-Length` says the same; one that is absent does.
  func isConsistent(withLength length: Int?) -> Bool { length == nil || length == count }

  /// Writes `bytes first-last/complete`.
  public func write(into out: ByteBuffer) {
    out.write("bytes ")
    out.write(decimal: first)
    out.write(byte: 45)
    out.write(decimal: last)
    out.write(byte: 47)
    if let complete { out.write(decimal: complete) } else { out.write(byte: 42) }
  }
}
