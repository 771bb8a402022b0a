import Bytes
import HTTPSemantics

/// The parameters of a query string, in order of arrival and not yet decoded. `&` and `;` separate them (spec § 1.3).
struct QueryString: Sequence, IteratorProtocol {
  struct Parameter {
    let name: UnsafeRawBufferPointer
    /// Empty for a name without `=`.
    let value: UnsafeRawBufferPointer
  }

  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func next() -> Parameter? {
    while at < bytes.count {
      var end = at
      var equals = -1
      while end < bytes.count, bytes[end] != UInt8(ascii: "&"), bytes[end] != UInt8(ascii: ";") {
        if equals < 0, bytes[end] == UInt8(ascii: "=") { equals = end }
        end &+= 1
      }
      let start = at
      at = end &+ 1
      guard end > start else { continue }
      let nameEnd = equals < 0 ? end : equals
      let valueStart = equals < 0 ? end : equals &+ 1
      return Parameter(
        name: UnsafeRawBufferPointer(rebasing: bytes[start..<nameEnd]),
        value: UnsafeRawBufferPointer(rebasing: bytes[valueStart..<end]))
    }
    return nil
  }
}

extension QueryString.Parameter {
  /// Whether the name decodes to these bytes.
  func isNamed(_ wanted: UnsafeRawBufferPointer) -> Bool {
    let isPlain = !name.contains { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }
    if isPlain { return name.elementsEqual(wanted) }
    return PercentEncoding.decoded(name, plusIsSpace: true).utf8.elementsEqual(wanted)
  }
}
