import JSON

/// The escapes of JSON strings, decoded with the halves of surrogate pairs kept, as a Java string keeps them.
enum StringEscapes {
  /// - Parameter raw: a string's bytes in the document, which has passed the parser.
  static func decode(_ raw: UnsafeRawBufferPointer) -> Text {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(raw.count)
    var units: [UInt16] = []
    var halves = false
    func flush() {
      guard !units.isEmpty else { return }
      let text = Text(utf16: units)
      if text.mayHaveHalves { halves = true }
      bytes += text.bytes
      units.removeAll(keepingCapacity: true)
    }
    var at = 0
    while at < raw.count {
      let byte = raw[at]
      guard byte == UInt8(ascii: "\\"), at + 1 < raw.count else {
        flush()
        bytes.append(byte)
        at += 1
        continue
      }
      let letter = raw[at + 1]
      if letter == UInt8(ascii: "u") {
        units.append(unit(raw, at: at + 2))
        at += 6
        continue
      }
      flush()
      bytes.append(plain(letter))
      at += 2
    }
    flush()
    var text = Text(bytes: bytes)
    if halves { text = Text(utf16: text.units) }
    return text
  }

  /// What `\` and a letter other than `u` stand for.
  @inline(__always) static func plain(_ letter: UInt8) -> UInt8 {
    switch letter {
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: letter
    }
  }

  /// The code unit of four hexadecimal digits.
  @inline(__always) static func unit(_ raw: UnsafeRawBufferPointer, at offset: Int) -> UInt16 {
    var value: UInt16 = 0
    for index in offset..<max(offset, min(offset + 4, raw.count)) {
      let byte = raw[index]
      let digit: UInt8 = byte &- 48 < 10 ? byte &- 48 : (byte | 32) &- 87
      value = value << 4 | UInt16(digit & 15)
    }
    return value
  }
}
