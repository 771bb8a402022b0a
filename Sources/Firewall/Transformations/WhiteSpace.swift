/// COMPRESS_WHITE_SPACE, REMOVE_WHITESPACE and the TRIMs: `\t \n \v \f \r`, the space and the no-break space (0xA0).
enum WhiteSpace {
  @inline(__always) static func contains(_ byte: UInt8) -> Bool { byte == 32 || byte &- 9 < 5 || byte == 0xA0 }

  /// Every run becomes one space.
  static func compress(_ text: UnsafeRawBufferPointer, into out: inout Output) {
    var isInRun = false
    for byte in text {
      let isSpace = contains(byte)
      if !isSpace { out.put(byte) } else if !isInRun { out.put(32) }
      isInRun = isSpace
    }
  }

  static func trimmed(_ text: UnsafeRawBufferPointer, left: Bool, right: Bool) -> UnsafeRawBufferPointer {
    var start = 0
    var end = text.count
    if left { while start < end, contains(text[start]) { start &+= 1 } }
    if right { while end > start, contains(text[end &- 1]) { end &-= 1 } }
    return UnsafeRawBufferPointer(rebasing: text[start..<end])
  }
}
