import Bytes
import HTTPSemantics

/// Looking into a run of lines `Name: value CRLF` that the gateway itself has written.
enum FieldBlock {
  /// Whether one of the lines has this name.
  /// - Parameter name: in small letters.
  @inline(__always)
  static func contains(_ block: UnsafeRawBufferPointer, _ name: StaticString) -> Bool {
    let count = name.utf8CodeUnitCount
    let first = name.utf8Start.pointee
    var at = 0
    while at &+ count < block.count {
      if block[at] | 32 == first, block[at &+ count] == UInt8(ascii: ":"),
        UnsafeRawBufferPointer(rebasing: block[at..<at &+ count]).equalsIgnoringCase(name)
      {
        return true
      }
      guard let newline = ByteScanning.newline(block, at) else { return false }
      at = newline &+ 1
    }
    return false
  }

  /// One line: its name and its value without the white space around it.
  struct Line {
    /// With its CRLF.
    let whole: UnsafeRawBufferPointer
    let name: UnsafeRawBufferPointer
    let value: UnsafeRawBufferPointer
  }

  /// Calls `body` with each line, in order.
  static func forEach(_ block: UnsafeRawBufferPointer, _ body: (Line) -> Void) {
    var at = 0
    while at < block.count {
      let end = ByteScanning.newline(block, at).map { $0 &+ 1 } ?? block.count
      let whole = UnsafeRawBufferPointer(rebasing: block[at..<end])
      if let colon = whole.firstIndex(of: UInt8(ascii: ":")) {
        var stop = whole.count
        while stop > colon &+ 1, whole[stop &- 1] == 10 || whole[stop &- 1] == 13 { stop &-= 1 }
        body(
          Line(
            whole: whole, name: UnsafeRawBufferPointer(rebasing: whole[..<colon]),
            value: UnsafeRawBufferPointer(rebasing: whole[(colon &+ 1)..<stop]).trimmingWhitespace))
      }
      at = end
    }
  }
}
