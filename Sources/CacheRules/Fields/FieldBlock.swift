import Bytes
import HTTPSemantics

/// The fields of a response as they are kept and written: `Name: value CRLF`, one line behind the other, without the empty
/// line. A view of the bytes, which must outlive it.
///
/// What does not look like a field line ends the block: the lines were written by the gateway itself or checked when they
/// were received.
public struct FieldBlock: Sequence, IteratorProtocol {
  public struct Line {
    public let name: UnsafeRawBufferPointer
    /// Without white space at either end.
    public let value: UnsafeRawBufferPointer
    /// Where the line lies in the block, its CRLF included.
    public let range: Range<Int>
    public let id: FieldID

    /// Whether the line has this name.
    /// - Parameter lowercase: a name that `FieldID` does not know, in small letters.
    @inlinable public func isNamed(_ lowercase: StaticString) -> Bool {
      id == .other && name.equalsIgnoringCase(lowercase)
    }
  }

  public let bytes: UnsafeRawBufferPointer
  private var at = 0

  public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  public mutating func next() -> Line? {
    let start = at
    var colon = start
    while colon < bytes.count, bytes[colon] != 58, bytes[colon] != 13 { colon &+= 1 }
    guard colon < bytes.count, bytes[colon] == 58, colon > start else { return nil }
    var end = colon &+ 1
    while end < bytes.count, bytes[end] != 13 { end &+= 1 }
    guard end &+ 1 < bytes.count, bytes[end &+ 1] == 10 else { return nil }
    at = end &+ 2
    let name = UnsafeRawBufferPointer(rebasing: bytes[start..<colon])
    return Line(
      name: name, value: UnsafeRawBufferPointer(rebasing: bytes[(colon &+ 1)..<end]).trimmingWhitespace,
      range: start..<at, id: FieldID(name))
  }

  /// The value of the first line with this name.
  public func first(_ id: FieldID) -> UnsafeRawBufferPointer? {
    for line in FieldBlock(bytes) where line.id == id { return line.value }
    return nil
  }

  /// The value of the first line with this name.
  /// - Parameter name: one that `FieldID` does not know, in small letters.
  public func first(_ name: StaticString) -> UnsafeRawBufferPointer? {
    for line in FieldBlock(bytes) where line.isNamed(name) { return line.value }
    return nil
  }
}
