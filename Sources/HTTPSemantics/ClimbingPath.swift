import Glibc

extension UnsafeRawBufferPointer {
  /// Whether a path, or a part of one, leads out of the place that it is put to: it has more `..` than segments before them.
  ///
  /// Whoever receives it may read it in several ways, and one of them is enough: `%2e` is a dot (RFC 3986 § 6.2.2.2); `\`, and
  /// slashes that are encoded, may separate segments or not; empty segments may count or not; what stands behind a `;` may
  /// belong to the segment or not.
  public var climbs: Bool {
    guard let base = baseAddress, count > 1, memchr(base, 46, count) != nil || memchr(base, 37, count) != nil else {
      return false
    }
    return climbs(separatingWidely: false) || climbs(separatingWidely: true)
  }

  private func climbs(separatingWidely isWide: Bool) -> Bool {
    var depth = 0
    var dots = 0
    // Whether the segment has anything but dots, and whether its parameters have begun.
    var (hasOthers, isBehindSemicolon) = (false, false)
    var at = 0
    while at <= count {
      let (byte, length) = at < count ? character(at) : (47, 1)
      if byte == 47 && (isWide || length == 1) || isWide && byte == 92 {
        if !hasOthers && dots == 2 { depth &-= 1 } else if hasOthers || dots > 2 { depth &+= 1 }
        if depth < 0 { return true }
        (dots, hasOthers, isBehindSemicolon) = (0, false, false)
      } else if byte == 59 {
        isBehindSemicolon = true
      } else if !isBehindSemicolon {
        if byte == 46 { dots &+= 1 } else { hasOthers = true }
      }
      at &+= length
    }
    return false
  }

  /// The character at a place, decoded, and how many bytes it takes.
  private func character(_ at: Int) -> (byte: UInt8, length: Int) {
    guard self[at] == 37, at &+ 2 < count, let high = self[at &+ 1].hexDigitValue, let low = self[at &+ 2].hexDigitValue
    else { return (self[at], 1) }
    return (high &<< 4 | low, 3)
  }
}
