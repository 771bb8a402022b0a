/// What Java's string methods do, on UTF-16 where it matters.
extension Text {
  /// `Character.isWhitespace` for the characters that occur.
  static func isJavaWhitespace(_ unit: UInt16) -> Bool {
    switch unit {
    case 0x09...0x0D, 0x1C...0x20, 0x1680, 0x2000...0x2006, 0x2008...0x200A, 0x2028, 0x2029, 0x205F, 0x3000: true
    default: false
    }
  }

  func trimmed(front: Bool = true, back: Bool = true, _ isTrimmed: (UInt16) -> Bool) -> Text {
    let units = self.units
    var start = 0
    var end = units.count
    if front { while start < end, isTrimmed(units[start]) { start += 1 } }
    if back { while end > start, isTrimmed(units[end - 1]) { end -= 1 } }
    return start == 0 && end == units.count ? self : Text(utf16: units[start..<end])
  }

  var lowercased: Text { mapped { Text.withFinalSigmas($0.lowercased(), of: $0) } }
  var uppercased: Text { mapped { $0.uppercased() } }

  /// A capital sigma at the end of a word becomes `ς` and not `σ`.
  private static func withFinalSigmas(_ lower: String, of text: String) -> String {
    guard text.unicodeScalars.contains("\u{3A3}") else { return lower }
    let scalars = Array(text.unicodeScalars)
    func isCasedAhead(_ places: some Sequence<Int>) -> Bool {
      for place in places {
        if scalars[place].properties.isCaseIgnorable { continue }
        return scalars[place].properties.isCased
      }
      return false
    }
    var result = ""
    for (place, scalar) in scalars.enumerated() {
      let isFinal =
        scalar == "\u{3A3}" && isCasedAhead((0..<place).reversed()) && !isCasedAhead(place + 1..<scalars.count)
      result += isFinal ? "\u{3C2}" : scalar.properties.lowercaseMapping
    }
    return result
  }

  private func mapped(_ map: (String) -> String) -> Text {
    guard mayHaveHalves else { return Text(map(string)) }
    // Lone halves have no case; what stands between them is mapped piece by piece.
    var result: [UInt16] = []
    var piece: [UInt16] = []
    let units = self.units
    for (index, unit) in units.enumerated() {
      let isHigh = unit & 0xFC00 == 0xD800
      let isLow = unit & 0xFC00 == 0xDC00
      let isPaired =
        isHigh && index + 1 < units.count && units[index + 1] & 0xFC00 == 0xDC00
        || isLow && index > 0 && units[index - 1] & 0xFC00 == 0xD800
      if isHigh || isLow, !isPaired {
        result += Text(map(Text(utf16: piece).string)).units
        piece = []
        result.append(unit)
      } else {
        piece.append(unit)
      }
    }
    result += Text(map(Text(utf16: piece).string)).units
    return Text(utf16: result)
  }

  /// Character by character to upper and then lower case, as `equalsIgnoreCase` compares.
  var folded: [UInt32] {
    if mayHaveHalves { return units.map { unit in Unicode.Scalar(unit).map(Text.folded) ?? UInt32(unit) } }
    return string.unicodeScalars.map(Text.folded)
  }

  /// Unit by unit.
  var foldedUnits: [UInt16] {
    units.map { unit in Unicode.Scalar(unit).flatMap { UInt16(exactly: Text.folded($0)) } ?? unit }
  }

  /// Case of one character for one: where the full mapping has several, that of the title case or none.
  private static func folded(_ scalar: Unicode.Scalar) -> UInt32 {
    func single(_ mapping: String) -> Unicode.Scalar? {
      mapping.unicodeScalars.count == 1 ? mapping.unicodeScalars.first : nil
    }
    let upper = single(scalar.properties.uppercaseMapping) ?? single(scalar.properties.titlecaseMapping) ?? scalar
    // U+0130 has a lower case of one character beside the full one of two.
    if upper == "\u{130}" { return 0x69 }
    return (single(upper.properties.lowercaseMapping) ?? upper).value
  }

  /// `compareTo`: the difference of the first units that differ, else of the lengths.
  static func compare(_ left: [UInt16], _ right: [UInt16]) -> Int32 {
    for index in 0..<min(left.count, right.count) where left[index] != right[index] {
      return Int32(left[index]) - Int32(right[index])
    }
    return Int32(clamping: left.count - right.count)
  }

  /// `compareToIgnoreCase`.
  func compareIgnoringCase(_ other: Text) -> Int32 {
    for (one, two) in zip(folded, other.folded) where one != two { return Int32(clamping: Int(one) - Int(two)) }
    return Int32(clamping: length - other.length)
  }

  /// `indexOf` and `lastIndexOf` with a start; -1 where it is not found.
  static func index(of needle: [UInt16], in units: [UInt16], from start: Int, backwards: Bool) -> Int {
    let last = units.count - needle.count
    if backwards {
      var at = min(start, last)
      while at >= 0 {
        if units[at..<at + needle.count].elementsEqual(needle) { return at }
        at -= 1
      }
      return -1
    }
    if start >= units.count { return needle.isEmpty ? units.count : -1 }
    var at = max(0, start)
    while at <= last {
      if needle.isEmpty || units[at] == needle[0] && units[at..<at + needle.count].elementsEqual(needle) { return at }
      at += 1
    }
    return -1
  }

  /// Where another text stands in this one, in bytes.
  func range(of other: Text, from start: Int) -> Range<Int>? {
    let last = bytes.count - other.bytes.count
    guard let first = other.bytes.first else { return start..<start }
    var at = start
    while at <= last {
      if bytes[at] == first, bytes[at..<at + other.bytes.count].elementsEqual(other.bytes) {
        return at..<at + other.bytes.count
      }
      at += 1
    }
    return nil
  }

  /// `replace(CharSequence, CharSequence)`.
  func replacing(_ old: Text, with new: Text) -> Text {
    guard !old.isEmpty else {
      // Between all units, and at both ends.
      var units = new.units
      let inserted = units
      for unit in self.units {
        units.append(unit)
        units += inserted
      }
      return Text(utf16: units)
    }
    var result: [UInt8] = []
    var end = 0
    while let range = range(of: old, from: end) {
      result += bytes[end..<range.lowerBound]
      result += new.bytes
      end = range.upperBound
    }
    if end == 0 { return self }
    result += bytes[end...]
    return mayHaveHalves || new.mayHaveHalves || old.mayHaveHalves ? Text(wtf8: result) : Text(bytes: result)
  }
}
