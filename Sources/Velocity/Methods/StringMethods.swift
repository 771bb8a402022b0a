import Glibc
import PCRE

/// The methods of `java.lang.String`.
extension MethodCall {
  func onString(_ text: Text, _ receiver: Value) throws(Signal) -> Value {
    try heap.spend(text.bytes.count >> 6)
    switch (name, count) {
    case (.length, 0): return .int(Int32(clamping: text.length))
    case (.isEmpty, 0): return .bool(text.isEmpty)
    case (.toString, 0), (.intern, 0): return receiver
    case (.trim, 0): return .text(text.trimmed { $0 <= 0x20 })
    case (.strip, 0): return .text(text.trimmed(Text.isJavaWhitespace))
    case (.stripLeading, 0): return .text(text.trimmed(front: true, back: false, Text.isJavaWhitespace))
    case (.stripTrailing, 0): return .text(text.trimmed(front: false, back: true, Text.isJavaWhitespace))
    case (.isBlank, 0): return .bool(text.trimmed(Text.isJavaWhitespace).isEmpty)
    case (.toLowerCase, 0): return .text(text.lowercased)
    case (.toUpperCase, 0): return .text(text.uppercased)
    case (.hashCode, 0): return .int(text.javaHash)
    case (.getBytes, 0), (.getBytes, 1): return try bytes(text)
    case (.toCharArray, 0):
      try heap.spend(text.bytes.count)
      return .object(ArrayObject(.character, text.units.map { .character($0) }))
    case (.equals, 1): return .bool(self[0].asText == text)
    case (.charAt, 1), (.codePointAt, 1): return try character(text)
    case (.substring, 1), (.substring, 2), (.subSequence, 2): return try substring(text)
    case (.indexOf, 1), (.indexOf, 2), (.lastIndexOf, 1), (.lastIndexOf, 2): return try index(text)
    case (.replace, 2): return try replace(text)
    case (.repeated, 1): return try repeated(text)
    case (.indent, 1): return try indented(text)
    case (.matches, 1), (.replaceAll, 2), (.replaceFirst, 2), (.split, 1), (.split, 2): return try regex(text)
    case (.valueOf, 1), (.copyValueOf, 1): return try valueOf()
    // `valueOf(char[])`, its array made of no arguments.
    case (.valueOf, 0), (.copyValueOf, 0): return .emptyText
    case (.format, 1...): return try format(text)
    case (.formatted, _): return .text(try Formatter(self, text).format(Array(arguments)))
    case (.join, 1...): return try join()
    case (.compare, 2):
      // `CharSequence.compare`, a static.
      guard isNull(0) || self[0].isString, isNull(1) || self[1].isString else { return .null }
      guard let one = self[0].asText, let other = self[1].asText else { throw nullPointer() }
      return .int(Text.compare(one.units, other.units))
    case (.codePointCount, 2):
      guard let from = self[0].asInt, let to = self[1].asInt else { return .null }
      let units = text.units
      guard from >= 0, from <= to, to <= units.count else { throw outOfBounds() }
      return .int(Int32(clamping: Text(utf16: units[from..<to]).string.unicodeScalars.count))
    case (.regionMatches, 4): return try regionMatches(text, ignoringCase: false, first: 0)
    case (.regionMatches, 5):
      guard case .bool(let ignoringCase) = self[0] else { return .null }
      return try regionMatches(text, ignoringCase: ignoringCase, first: 1)
    case (.contains, 1), (.concat, 1), (.startsWith, 1), (.startsWith, 2), (.endsWith, 1), (.equalsIgnoreCase, 1),
      (.compareTo, 1), (.compareToIgnoreCase, 1), (.contentEquals, 1):
      return try compare(text)
    default: return try onObject(receiver)
    }
  }

  private func outOfBounds() -> Signal { .exception("java.lang.StringIndexOutOfBoundsException") }

  /// `indent(int)`: each line gets blanks in front, or loses some, and ends with a line feed.
  private func indented(_ text: Text) throws(Signal) -> Value {
    guard let count = self[0].asInt else { return .null }
    if text.isEmpty { return .emptyText }
    var lines = text.units.split(omittingEmptySubsequences: false) { $0 == 10 || $0 == 13 }
    // A line ends with "\r\n" too, and behind the last end no other line begins.
    let units = text.units
    lines = lines.filter { line in
      let isBetween = line.isEmpty && line.startIndex > 0 && line.startIndex < units.count
      return !(isBetween && units[line.startIndex - 1] == 13 && units[line.startIndex] == 10)
    }
    if units.last == 10 || units.last == 13 { lines.removeLast() }
    let (blanks, overflow) = lines.count.multipliedReportingOverflow(by: max(count, 0))
    guard !overflow, blanks <= machine.limits.outputBytes else { throw .outputTooLarge }
    try heap.spend((blanks + units.count) >> 4)
    var result: [UInt16] = []
    for line in lines {
      if count >= 0 {
        result += [UInt16](repeating: 32, count: count)
        result += line
      } else {
        let blanks = line.prefix { Text.isJavaWhitespace($0) }.count
        result += line.dropFirst(min(blanks, -count))
      }
      result.append(10)
    }
    return .text(Text(utf16: result))
  }

  /// The methods of two strings.
  private func compare(_ text: Text) throws(Signal) -> Value {
    if count == 2, self[1].asInt == nil { return .null }
    if isNull(0) {
      if name == .equalsIgnoreCase { return .bool(false) }
      throw nullPointer()
    }
    guard let other = self[0].asText else {
      // `compareTo(Object)` exists and takes strings only.
      if name == .compareTo { throw .exception("java.lang.ClassCastException") }
      return .null
    }
    switch name {
    case .contains: return .bool(text.range(of: other, from: 0) != nil)
    case .concat:
      try heap.spend(text.bytes.count / 16 + 1)
      return .text(text.appending(other))
    case .startsWith where count == 2:
      guard let offset = self[1].asInt else { return .null }
      let units = text.units
      return .bool(offset >= 0 && offset <= units.count && units[offset...].starts(with: other.units))
    case .startsWith: return .bool(text.bytes.starts(with: other.bytes) || text.units.starts(with: other.units))
    case .endsWith: return .bool(text.units.reversed().starts(with: other.units.reversed()))
    case .equalsIgnoreCase: return .bool(text.length == other.length && text.folded == other.folded)
    case .compareTo: return .int(Text.compare(text.units, other.units))
    case .compareToIgnoreCase: return .int(text.compareIgnoringCase(other))
    default: return .bool(text == other)
    }
  }

  private func bytes(_ text: Text) throws(Signal) -> Value {
    try heap.spend(text.bytes.count)
    if count == 1 {
      if isNull(0) { throw nullPointer() }
      guard let charset = self[0].asText?.string.uppercased() else { return .null }
      switch charset {
      case "UTF-8", "UTF8": break
      case "US-ASCII", "ASCII", "ISO-8859-1", "LATIN1":
        let most: UInt16 = charset.hasPrefix("I") || charset.hasPrefix("L") ? 0xFF : 0x7F
        let units = text.units.map { $0 <= most ? UInt8(truncatingIfNeeded: $0) : UInt8(ascii: "?") }
        return .object(ArrayObject(.byte, units.map { Number.byte(Int8(bitPattern: $0)).value }))
      default: throw .exception("java.io.UnsupportedEncodingException: \(charset)")
      }
    }
    let utf8 = machine.utf8(text)
    return .object(ArrayObject(.byte, utf8.map { Number.byte(Int8(bitPattern: $0)).value }))
  }

  private func character(_ text: Text) throws(Signal) -> Value {
    guard let index = self[0].asInt else { return .null }
    guard index >= 0 else { throw outOfBounds() }
    if text.isASCII {
      guard index < text.bytes.count else { throw outOfBounds() }
      let byte = text.bytes[index]
      return name == .charAt ? .character(UInt16(byte)) : .int(Int32(byte))
    }
    let units = text.units
    guard index < units.count else { throw outOfBounds() }
    if name == .charAt { return .character(units[index]) }
    let pair = Text(utf16: units[index..<min(index + 2, units.count)])
    let scalar = pair.mayHaveHalves ? nil : pair.string.unicodeScalars.first
    return .int(Int32(clamping: scalar.map { $0.value } ?? UInt32(units[index])))
  }

  private func substring(_ text: Text) throws(Signal) -> Value {
    guard let from = self[0].asInt else { return .null }
    if text.isASCII {
      let to = count == 2 ? self[1].asInt : text.bytes.count
      guard let to else { return .null }
      guard from >= 0, from <= to, to <= text.bytes.count else { throw outOfBounds() }
      return .text(Text(bytes: Array(text.bytes[from..<to])))
    }
    let units = text.units
    let to = count == 2 ? self[1].asInt : units.count
    guard let to else { return .null }
    guard from >= 0, from <= to, to <= units.count else { throw outOfBounds() }
    return .text(Text(utf16: units[from..<to]))
  }

  private func index(_ text: Text) throws(Signal) -> Value {
    let backwards = name == .lastIndexOf
    if count == 2, self[1].asInt == nil { return .null }
    let needle: Text
    if isNull(0) {
      throw nullPointer()
    } else if let other = self[0].asText {
      needle = other
    } else if case .character(let unit) = self[0] {
      // A char widens to the int of `indexOf(int)` in Java, but not in Velocity's search for methods.
      _ = unit
      return .null
    } else if let scalar = self[0].asInt {
      guard let known = Unicode.Scalar(UInt32(clamping: scalar)), scalar >= 0 else { return .int(-1) }
      needle = Text(String(Character(known)))
    } else {
      return .null
    }
    let units = text.units
    var start = backwards ? units.count : 0
    if count == 2 {
      guard let from = self[1].asInt else { return .null }
      start = from
    }
    try heap.spend(units.count / 16 + 1)
    return .int(Int32(clamping: Text.index(of: needle.units, in: units, from: start, backwards: backwards)))
  }

  private func replace(_ text: Text) throws(Signal) -> Value {
    if case .character(let old) = self[0], case .character(let new) = self[1] {
      return .text(Text(utf16: text.units.map { $0 == old ? new : $0 }))
    }
    guard self[0].isString || isNull(0), self[1].isString || isNull(1) else { return .null }
    guard let old = self[0].asText, let new = self[1].asText else { throw nullPointer() }
    try heap.spend(text.bytes.count / 16 + 1)
    let size = text.bytes.count.multipliedReportingOverflow(by: new.bytes.count + 1)
    guard !size.overflow, size.partialValue < 1 << 32 else { throw .outputTooLarge }
    return .text(text.replacing(old, with: new))
  }

  private func repeated(_ text: Text) throws(Signal) -> Value {
    guard let times = self[0].asInt else { return .null }
    guard times >= 0 else { throw .exception("java.lang.IllegalArgumentException: count is negative: \(times)") }
    let size = text.bytes.count.multipliedReportingOverflow(by: times)
    guard !size.overflow, size.partialValue <= machine.limits.outputBytes else { throw .outputTooLarge }
    try heap.spend(size.partialValue / 16 + 1)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size.partialValue)
    for _ in 0..<times { bytes += text.bytes }
    return .text(text.mayHaveHalves ? Text(wtf8: bytes) : Text(bytes: bytes))
  }

  /// The statics `valueOf(…)`, which templates reach through any string.
  private func valueOf() throws(Signal) -> Value {
    if isNull(0) {
      if name == .copyValueOf { throw nullPointer() }
      return Value("null")
    }
    if case .object(let object) = self[0], let array = object as? ArrayObject, array.kind == .character {
      return .text(Text(utf16: array.elements.map { if case .character(let unit) = $0 { unit } else { 0 } }))
    }
    if name == .copyValueOf { return .null }
    return try string(self[0])
  }

  private func format(_ text: Text) throws(Signal) -> Value {
    if isNull(0) {
      // `format(Locale, String, Object...)` has more parameters, and is taken where it fits.
      guard count > 1, let pattern = self[1].asText else { throw nullPointer() }
      return .text(try Formatter(self, pattern).format(Array(arguments.dropFirst(2))))
    }
    guard let pattern = self[0].asText else { return .null }
    return .text(try Formatter(self, pattern).format(Array(arguments.dropFirst())))
  }

  private func join() throws(Signal) -> Value {
    // With null alone Java could mean strings as well as a collection; Velocity then finds no method.
    guard self[0].isString || isNull(0), count != 2 || !isNull(1) else { return .null }
    var parts: [Value] = Array(arguments.dropFirst())
    if count == 2, let elements = elements(of: self[1]) {
      parts = elements
    } else if count == 2, case .object(let object) = self[1], let array = object as? ArrayObject {
      parts = array.elements
    } else if !parts.allSatisfy({ $0.isString || $0.isNull }) {
      // The method takes strings, one by one, or a collection.
      return .null
    }
    guard let separator = self[0].asText else { throw nullPointer() }
    var result = Text.empty
    for (index, part) in parts.enumerated() {
      if index > 0 { result = result.appending(separator) }
      guard part.isString || part.isNull else {
        throw .exception("java.lang.ClassCastException: cannot be cast to class java.lang.CharSequence")
      }
      result = result.appending(part.asText ?? Text("null"))
      try heap.spend(result.bytes.count / 64 + 1)
    }
    return .text(result)
  }

  private func regionMatches(_ text: Text, ignoringCase: Bool, first: Int) throws(Signal) -> Value {
    guard let offset = self[first].asInt, self[first + 1].isString || isNull(first + 1),
      let otherOffset = self[first + 2].asInt, let length = self[first + 3].asInt
    else { return .null }
    guard let other = self[first + 1].asText else { throw nullPointer() }
    let ours = ignoringCase ? text.foldedUnits : text.units
    let theirs = ignoringCase ? other.foldedUnits : other.units
    guard offset >= 0, otherOffset >= 0, offset <= ours.count - length, otherOffset <= theirs.count - length else {
      return .bool(false)
    }
    if length <= 0 { return .bool(true) }
    return .bool(ours[offset..<offset + length].elementsEqual(theirs[otherOffset..<otherOffset + length]))
  }
}
