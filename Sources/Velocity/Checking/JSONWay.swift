/// One way through JSON's grammar: what is open, and what may come next.
struct JSONWay: Hashable {
  private enum Place: Hashable {
    /// A value must come.
    case value
    /// Behind `[`: a value or `]`.
    case firstElement
    /// Behind `{`: a name or `}`.
    case firstName
    case name
    /// Behind a name.
    case colon
    /// Behind a value.
    case behind
    case string(isName: Bool, isEscaped: Bool, quote: UInt8)
    /// A number, `true`, `false`, `null`, or part of one that a reference completes.
    case bare
    /// A name without quotes, where they may be missing.
    case bareName
  }

  /// What is open, a bit for each, the innermost lowest: 1 is `{`, 0 is `[`.
  private var open: UInt128 = 0
  private(set) var depth = 0
  private var place = Place.value

  /// Arrays and objects within each other that are followed.
  static let deepest = 128

  var isComplete: Bool { depth == 0 && (place == .behind || place == .bare) }

  var isInString: Bool { if case .string = place { true } else { false } }

  /// Whether a byte is a plain part of the string around it.
  func staysInString(behind byte: UInt8) -> Bool {
    guard case .string(_, let isEscaped, let quote) = place else { return false }
    return !isEscaped && byte != quote && byte != UInt8(ascii: "\\")
  }

  /// Within an array or an object.
  var isNested: Bool { depth > 0 }

  var expectsValue: Bool { place == .value || place == .firstElement }

  private func at(_ place: Place) -> JSONWay {
    var way = self
    way.place = place
    return way
  }

  private func opening(_ bracket: UInt8) -> JSONWay {
    var way = self
    way.open = way.open << 1 | (bracket == UInt8(ascii: "{") ? 1 : 0)
    way.depth += 1
    way.place = bracket == UInt8(ascii: "[") ? .firstElement : .firstName
    return way
  }

  /// Whether the innermost is an object; nil where nothing is open.
  private var isInObject: Bool? { depth == 0 ? nil : open & 1 == 1 }

  private func closing(_ bracket: UInt8) -> JSONWay? {
    guard isInObject == (bracket == UInt8(ascii: "}")) else { return nil }
    var way = self
    way.open >>= 1
    way.depth -= 1
    way.place = .behind
    return way
  }

  /// Where a byte of text leads; nil: nowhere.
  func step(_ byte: UInt8, isLenient: Bool) -> JSONWay? {
    if case .string(let isName, let isEscaped, let quote) = place {
      if isEscaped { return at(.string(isName: isName, isEscaped: false, quote: quote)) }
      if byte == UInt8(ascii: "\\") { return at(.string(isName: isName, isEscaped: true, quote: quote)) }
      if byte == quote { return at(isName ? .colon : .behind) }
      // Line ends in strings are no JSON, but what API Gateway sends on need not be read by anybody so strict.
      return self
    }
    let isBlank = byte == 32 || byte == 9 || byte == 10 || byte == 13
    let isWord =
      byte &- 48 < 10 || (byte | 32) &- 97 < 26 || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
      || byte == UInt8(ascii: ".") || isLenient && byte == UInt8(ascii: "_")
    switch place {
    case .string: return nil
    case .bare:
      if isWord { return self }
      return at(.behind).step(byte, isLenient: isLenient)
    case .bareName:
      if isWord { return self }
      return at(.colon).step(byte, isLenient: isLenient)
    case .value, .firstElement:
      if isBlank { return self }
      switch byte {
      case UInt8(ascii: "["), UInt8(ascii: "{"): return opening(byte)
      case UInt8(ascii: "\""): return at(.string(isName: false, isEscaped: false, quote: byte))
      case UInt8(ascii: "'") where isLenient: return at(.string(isName: false, isEscaped: false, quote: byte))
      case UInt8(ascii: "]") where place == .firstElement || isLenient: return closing(byte)
      default: return isWord ? at(.bare) : nil
      }
    case .firstName, .name:
      if isBlank { return self }
      switch byte {
      case UInt8(ascii: "\""): return at(.string(isName: true, isEscaped: false, quote: byte))
      case UInt8(ascii: "'") where isLenient: return at(.string(isName: true, isEscaped: false, quote: byte))
      case UInt8(ascii: "}") where place == .firstName || isLenient: return closing(byte)
      default: return isLenient && isWord ? at(.bareName) : nil
      }
    case .colon:
      if isBlank { return self }
      return byte == UInt8(ascii: ":") ? at(.value) : nil
    case .behind:
      if isBlank { return self }
      switch byte {
      case UInt8(ascii: ","):
        return isInObject.map { at($0 ? .name : .value) }
      case UInt8(ascii: "]"), UInt8(ascii: "}"): return closing(byte)
      default: return nil
      }
    }
  }

  /// Where a reference may lead, whose text is not known: nothing, a value, part of one, or members and elements.
  var stepsOverReference: [JSONWay] {
    switch place {
    case .string, .bare, .bareName: [self]
    case .value, .firstElement: [self, at(.behind), at(.bare)]
    case .firstName, .name: [self, at(.colon), at(.behind), at(.name), at(.value)]
    case .colon: [self, at(.value)]
    case .behind: [self, at(isInObject == true ? .name : .value)]
    }
  }
}
