import Bytes

/// A media type without its parameters, as templates are chosen by it (spec § 3.1).
enum MediaType {
  /// What stands before the first `;` of a `Content-Type`, without white space.
  static func essence(_ value: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let end = value.firstIndex(of: UInt8(ascii: ";")) ?? value.count
    return UnsafeRawBufferPointer(rebasing: value[..<end]).trimmingWhitespace
  }

  /// The first media type of an `Accept` list, without its parameters.
  static func first(_ accept: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    let end = accept.firstIndex(of: UInt8(ascii: ",")) ?? accept.count
    return essence(UnsafeRawBufferPointer(rebasing: accept[..<end]))
  }
}
