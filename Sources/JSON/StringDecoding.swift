import Bytes

/// Decodes the raw contents of a JSON string, which must have passed the parser.
///
/// A `\u` escape that is half of a surrogate pair without its other half becomes `?`, as Java writes it in UTF-8.
/// - Parameter decoded: at least as many bytes as `raw`; decoding never lengthens.
/// - Returns: how many of them were filled.
@usableFromInline func decodeString(
  _ raw: UnsafeRawBufferPointer, into decoded: UnsafeMutableRawBufferPointer
) -> Int {
  guard let source = raw.baseAddress, let target = decoded.baseAddress else { return 0 }
  assert(decoded.count >= raw.count)
  var from = 0
  var to = 0
  while from < raw.count {
    // Whole words up to the next backslash; what is stored behind it is overwritten.
    while from &+ 8 <= raw.count {
      let bytes = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: from, as: UInt64.self))
      target.storeBytes(of: bytes.littleEndian, toByteOffset: to, as: UInt64.self)
      let slashes = bytes ^ 0x5C5C_5C5C_5C5C_5C5C
      let stops = (slashes &- 0x0101_0101_0101_0101) & ~slashes & 0x8080_8080_8080_8080
      let plain = stops.trailingZeroBitCount >> 3
      from &+= plain
      to &+= plain
      if plain < 8 { break }
    }
    guard from < raw.count else { break }
    let byte = source.load(fromByteOffset: from, as: UInt8.self)
    guard byte == UInt8(ascii: "\\"), from &+ 1 < raw.count else {
      target.storeBytes(of: byte, toByteOffset: to, as: UInt8.self)
      from &+= 1
      to &+= 1
      continue
    }
    let letter = source.load(fromByteOffset: from &+ 1, as: UInt8.self)
    if letter == UInt8(ascii: "u") {
      to &+= encodeUTF8(scalarOfEscapes(raw, at: &from), to: target + to)
      continue
    }
    let plain: UInt8 =
      switch letter {
      case UInt8(ascii: "b"): 0x08
      case UInt8(ascii: "f"): 0x0C
      case UInt8(ascii: "n"): 0x0A
      case UInt8(ascii: "r"): 0x0D
      case UInt8(ascii: "t"): 0x09
      default: letter
      }
    target.storeBytes(of: plain, toByteOffset: to, as: UInt8.self)
    from &+= 2
    to &+= 1
  }
  return to
}

/// The scalar of the one or two `\u` escapes that begin at `from`, which moves behind them.
private func scalarOfEscapes(_ raw: UnsafeRawBufferPointer, at from: inout Int) -> UInt32 {
  let first = codeUnit(raw, at: from)
  from &+= 6
  guard first & 0xF800 == 0xD800 else { return UInt32(first) }
  if first < 0xDC00, from &+ 6 <= raw.count, raw[from] == UInt8(ascii: "\\"), raw[from &+ 1] == UInt8(ascii: "u") {
    let second = codeUnit(raw, at: from)
    if second & 0xFC00 == 0xDC00 {
      from &+= 6
      return 0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(second & 0x3FF))
    }
  }
  return UInt32(UInt8(ascii: "?"))
}

private func codeUnit(_ raw: UnsafeRawBufferPointer, at offset: Int) -> UInt16 {
  var unit: UInt16 = 0
  for index in offset &+ 2..<min(offset &+ 6, raw.count) { unit = unit << 4 | (hexadecimalValue(raw[index]) ?? 0) }
  return unit
}

/// Writes a scalar that is no surrogate; at most four bytes.
func encodeUTF8(_ scalar: UInt32, to target: UnsafeMutableRawPointer) -> Int {
  func put(_ index: Int, _ byte: UInt32) {
    target.storeBytes(of: UInt8(truncatingIfNeeded: byte), toByteOffset: index, as: UInt8.self)
  }
  if scalar < 0x80 {
    put(0, scalar)
    return 1
  }
  if scalar < 0x800 {
    put(0, 0xC0 | scalar >> 6)
    put(1, 0x80 | scalar & 0x3F)
    return 2
  }
  if scalar < 0x10000 {
    put(0, 0xE0 | scalar >> 12)
    put(1, 0x80 | scalar >> 6 & 0x3F)
    put(2, 0x80 | scalar & 0x3F)
    return 3
  }
  put(0, 0xF0 | scalar >> 18)
  put(1, 0x80 | scalar >> 12 & 0x3F)
  put(2, 0x80 | scalar >> 6 & 0x3F)
  put(3, 0x80 | scalar & 0x3F)
  return 4
}
