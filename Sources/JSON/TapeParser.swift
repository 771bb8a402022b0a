/// The parser of RFC 8259: one pass over the bytes, no recursion, no allocation but the tape's growth.
///
///     value ──"x", 1, true──▶ after ──,──▶ value          in an array
///       ├─[ ]──────────────▶ after ──,──▶ name ─:─▶ value in an object
///       ├─[──▶ value          └──] }──▶ after             one container closed
///       └─{──▶ name ─:─▶ value
///
/// The containers that are open form a list through the tape itself: `TapeEntry.span` of an open one leads back to the
/// one around it. The zero byte behind the text is no part of any JSON, so every scan stops there by itself and only
/// then asks whether the text is over.
extension JSONDocument {
  struct ParseFailure {
    let reason: JSONError.Reason
    let offset: Int

    /// Nothing was tried yet.
    static let unread = ParseFailure(reason: .unexpectedByte, offset: 0)
  }

  /// Fills the tape from the text. Nil: the text is JSON, and `tape[0]` its root.
  func fillTape(depthLimit: Int) -> ParseFailure? {
    let start = UnsafePointer(text)
    let end = start + count
    var at = start
    var tape = self.tape
    var capacity = tapeCapacity
    var next = 0
    var depth = 0
    // Of the innermost open container:
    var container = 0
    var members = 0
    var inObject = false

    func failure(_ reason: JSONError.Reason, _ place: UnsafePointer<UInt8>) -> ParseFailure {
      place >= end
        ? ParseFailure(reason: .unexpectedEnd, offset: end - start)
        : ParseFailure(reason: reason, offset: place - start)
    }

    value: while true {
      if next &+ 2 > capacity {
        growTape()
        tape = self.tape
        capacity = tapeCapacity
      }
      skipWhiteSpace(&at)
      let first = at.pointee
      var expectsName = false

      switch first {
      case UInt8(ascii: "\""):
        at += 1
        let begin = at
        let scan = scanString(&at)
        guard scan.reason == nil else { return failure(scan.reason ?? .unexpectedByte, at) }
        tape[next] = TapeEntry(.string, offset: begin - start, length: at - begin, flags: scan.flags)
        next &+= 1
        at += 1

      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        let begin = at
        guard let flags = scanNumber(&at) else { return failure(.invalidNumber, at) }
        if flags & TapeEntry.hasLongExponent != 0 { hasLongExponents = true }
        tape[next] = TapeEntry(.number, offset: begin - start, length: at - begin, flags: flags)
        next &+= 1

      case UInt8(ascii: "{"), UInt8(ascii: "["):
        guard depth < depthLimit else { return failure(.tooDeep, at) }
        depth &+= 1
        if depth > 1 { tape[container].length = UInt32(truncatingIfNeeded: members) }
        let isObject = first == UInt8(ascii: "{")
        tape[next] = TapeEntry(
          isObject ? .object : .array, offset: at - start, length: 0,
          span: UInt32(truncatingIfNeeded: next &- container))
        container = next
        next &+= 1
        members = 0
        inObject = isObject
        at += 1
        skipWhiteSpace(&at)
        if at.pointee == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          // An empty container: closed below, where it counts itself into the one around it.
          members = -1
        } else if isObject {
          expectsName = true
        } else {
          continue value
        }

      case UInt8(ascii: "t"):
        guard word(at) == 0x6575_7274 else { return failure(.invalidLiteral, at) }
        tape[next] = TapeEntry(.true, offset: at - start, length: 4)
        next &+= 1
        at += 4

      case UInt8(ascii: "f"):
        guard word(at + 1) == 0x6573_6C61 else { return failure(.invalidLiteral, at) }
        tape[next] = TapeEntry(.false, offset: at - start, length: 5)
        next &+= 1
        at += 5

      case UInt8(ascii: "n"):
        guard word(at) == 0x6C6C_756E else { return failure(.invalidLiteral, at) }
        tape[next] = TapeEntry(.null, offset: at - start, length: 4)
        next &+= 1
        at += 4

      default:
        return failure(.unexpectedByte, at)
      }

      // Behind a value: what closes here, and what comes next.
      while !expectsName {
        guard depth > 0 else {
          skipWhiteSpace(&at)
          return at == end ? nil : ParseFailure(reason: .trailingBytes, offset: at - start)
        }
        members &+= 1
        skipWhiteSpace(&at)
        let byte = at.pointee
        if members > 0 && byte == UInt8(ascii: ",") {
          at += 1
          guard inObject else { continue value }
          skipWhiteSpace(&at)
          expectsName = true
        } else if byte == (inObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
          at += 1
          depth &-= 1
          let closed = container
          container = closed &- Int(tape[closed].span)
          tape[closed].length = UInt32(truncatingIfNeeded: members)
          if !inObject && next &- closed == members &+ 1 {
            tape[closed].flags = TapeEntry.isFlat
          } else if members >= TapeEntry.fewestIndexed {
            next = reserveAnnex(of: closed, members: members, from: next)
            tape = self.tape
            capacity = tapeCapacity
          }
          tape[closed].span = UInt32(truncatingIfNeeded: next &- closed)
          members = Int(tape[container].length)
          inObject = tape[container].kind == .object
        } else {
          return failure(inObject ? .expectedCommaOrBrace : .expectedCommaOrBracket, at)
        }
      }

      // A member's name and its colon.
      guard at.pointee == UInt8(ascii: "\"") else { return failure(.expectedName, at) }
      at += 1
      let begin = at
      let scan = scanString(&at)
      guard scan.reason == nil else { return failure(scan.reason ?? .unexpectedByte, at) }
      let name = UnsafeRawBufferPointer(start: begin, count: at - begin)
      tape[next] = TapeEntry(
        .string, offset: begin - start, length: name.count, flags: scan.flags,
        hash: scan.flags == 0 ? nameHash(name) : escapedNameHash(name))
      next &+= 1
      at += 1
      skipWhiteSpace(&at)
      guard at.pointee == UInt8(ascii: ":") else { return failure(.expectedColon, at) }
      at += 1
    }
  }
}

@inline(__always) private func word(_ at: UnsafePointer<UInt8>) -> UInt32 {
  UInt32(littleEndian: UnsafeRawPointer(at).loadUnaligned(as: UInt32.self))
}

@inline(__always) private func skipWhiteSpace(_ at: inout UnsafePointer<UInt8>) {
  if at.pointee > 0x20 { return }
  // One space behind ':' or ',' is the usual case.
  if at.pointee == 0x20 && at[1] > 0x20 {
    at += 1
    return
  }
  at = behindWhiteSpace(at)
}

@inline(never) private func behindWhiteSpace(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
  var at = start
  while true {
    switch at.pointee {
    case 0x09, 0x0A, 0x0D: at += 1
    case 0x20: break
    default: return at
    }
    // Indentation comes in runs: the lowest byte that is no space is where the word differs first.
    let others = UInt64(littleEndian: UnsafeRawPointer(at).loadUnaligned(as: UInt64.self)) ^ 0x2020_2020_2020_2020
    at += others.trailingZeroBitCount >> 3
    if at.pointee > 0x20 { return at }
  }
}

private struct StringScan {
  var flags: UInt8
  var reason: JSONError.Reason?
}

/// Where the first byte is that a string cannot just go on with.
@inline(never) private func firstStop(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
  var at = start
  while true {
    let stops = stops(at)
    if stops != 0 { return at + (stops.trailingZeroBitCount >> 3) }
    at += 8
  }
}

/// Eight bytes with the high bit set where a control character, '"', '\' or the beginning of a longer UTF-8 sequence
/// stands. The lowest such byte is exact, and only the lowest is looked at.
@inline(__always) private func stops(_ at: UnsafePointer<UInt8>) -> UInt64 {
  let bytes = UInt64(littleEndian: UnsafeRawPointer(at).loadUnaligned(as: UInt64.self))
  let quotes = (bytes ^ 0x2222_2222_2222_2222) &- 0x0101_0101_0101_0101
  let slashes = (bytes ^ 0x5C5C_5C5C_5C5C_5C5C) &- 0x0101_0101_0101_0101
  return (quotes | slashes | (bytes &- 0x2020_2020_2020_2020) | bytes) & 0x8080_8080_8080_8080
}

/// From behind the opening quote to the closing one, or to what is wrong.
@inline(__always) private func scanString(_ at: inout UnsafePointer<UInt8>) -> StringScan {
  var flags: UInt8 = 0
  while true {
    // Names mostly end within eight bytes; what is longer is gone through in a loop of its own.
    let stops = stops(at)
    at = stops == 0 ? firstStop(at + 8) : at + (stops.trailingZeroBitCount >> 3)
    let byte = at.pointee
    if byte == UInt8(ascii: "\"") { return StringScan(flags: flags, reason: nil) }
    if byte == UInt8(ascii: "\\") {
      flags = TapeEntry.hasEscapes
      guard skipEscape(&at) else { return StringScan(flags: flags, reason: .invalidEscape) }
    } else if byte >= 0x80 {
      at = behindNonASCII(at)
      if at.pointee >= 0x80 { return StringScan(flags: flags, reason: .invalidUTF8) }
    } else {
      return StringScan(flags: flags, reason: .controlCharacter)
    }
  }
}

@inline(__always) private func skipEscape(_ at: inout UnsafePointer<UInt8>) -> Bool {
  switch at[1] {
  case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
    UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
    at += 2
    return true
  case UInt8(ascii: "u"):
    for index in 2..<6 where hexadecimalValue(at[index]) == nil { return false }
    at += 6
    return true
  default:
    return false
  }
}

@inlinable func hexadecimalValue(_ byte: UInt8) -> UInt16? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte &- UInt8(ascii: "0"))
  case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte &- UInt8(ascii: "a") &+ 10)
  case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte &- UInt8(ascii: "A") &+ 10)
  default: nil
  }
}

/// Behind a run of well-formed sequences of two to four bytes (Unicode Standard, table 3-7): at an ill-formed one, or at
/// ASCII.
@inline(never) private func behindNonASCII(_ start: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
  var at = start
  while at.pointee >= 0x80 {
    let second = at[1]
    switch at.pointee {
    case 0xC2...0xDF:
      guard second & 0xC0 == 0x80 else { return at }
      at += 2
    case 0xE0...0xEF:
      let lead = at.pointee
      guard second & 0xC0 == 0x80, at[2] & 0xC0 == 0x80 else { return at }
      if lead == 0xE0 && second < 0xA0 || lead == 0xED && second > 0x9F { return at }
      at += 3
    case 0xF0...0xF4:
      let lead = at.pointee
      guard second & 0xC0 == 0x80, at[2] & 0xC0 == 0x80, at[3] & 0xC0 == 0x80 else { return at }
      if lead == 0xF0 && second < 0x90 || lead == 0xF4 && second > 0x8F { return at }
      at += 4
    default:
      return at
    }
  }
  return at
}

/// From the first byte of a number to behind its last; the flags, or nil where `at` is no number.
@inline(__always) private func scanNumber(_ at: inout UnsafePointer<UInt8>) -> UInt8? {
  if at.pointee == UInt8(ascii: "-") { at += 1 }
  if at.pointee == UInt8(ascii: "0") {
    at += 1
    if isDigit(at.pointee) { return nil }
  } else {
    guard skipDigits(&at) else { return nil }
  }
  var flags: UInt8 = 0
  if at.pointee == UInt8(ascii: ".") {
    flags = TapeEntry.isReal
    at += 1
    guard skipDigits(&at) else { return nil }
  }
  if at.pointee | 0x20 == UInt8(ascii: "e") {
    flags = TapeEntry.isReal
    at += 1
    if at.pointee == UInt8(ascii: "-") || at.pointee == UInt8(ascii: "+") { at += 1 }
    let begin = at
    guard skipDigits(&at) else { return nil }
    if at - begin > 9 { flags |= TapeEntry.hasLongExponent }
  }
  return flags
}

@inline(__always) private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

@inline(__always) private func skipDigits(_ at: inout UnsafePointer<UInt8>) -> Bool {
  guard isDigit(at.pointee) else { return false }
  repeat { at += 1 } while isDigit(at.pointee)
  return true
}

@inline(never) private func escapedNameHash(_ raw: UnsafeRawBufferPointer) -> UInt16 {
  withUnsafeTemporaryAllocation(byteCount: raw.count, alignment: 1) { decoded in
    nameHash(UnsafeRawBufferPointer(rebasing: decoded[0..<decodeString(raw, into: decoded)]))
  }
}
