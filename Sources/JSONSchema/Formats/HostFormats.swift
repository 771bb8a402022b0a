import Bytes

/// `hostname`, `ipv4` and `ipv6`, much as the libraries that json-schema-validator asks (Guava) see them.
enum HostFormats {
  /// Labels of letters, digits, hyphens and underscores, with an alphanumeric at both ends, 63 bytes each and 253
  /// together; the last one does not begin with a digit. A full stop may stand at the end. Letters beyond ASCII count.
  static func isHostname(_ text: UnsafeRawBufferPointer) -> Bool {
    var labels = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    if labels.count > 1, labels.last?.isEmpty == true { labels.removeLast() }
    guard text.count <= 254, labels.count <= 127, let last = labels.last?.first, !isDigit(last) else { return false }
    return labels.allSatisfy { label in
      guard let first = label.first, let last = label.last, label.count <= 63 else { return false }
      return isAlphanumericOrOther(first) && isAlphanumericOrOther(last)
        && label.allSatisfy { isAlphanumericOrOther($0) || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
    }
  }

  private static func isAlphanumericOrOther(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte >= 0x80 }

  /// Four decimal numbers of at most 255, without zeros in front.
  static func isIPv4(_ text: some Collection<UInt8>) -> Bool {
    let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        guard (1...3).contains(part.count), part.allSatisfy(isDigit) else { return false }
        guard part.count == 1 || part.first != UInt8(ascii: "0") else { return false }
        return part.reduce(0) { $0 * 10 + Int($1 - 48) } <= 255
      }
  }

  /// RFC 4291 § 2.2: without brackets and zones.
  static func isIPv6(_ text: UnsafeRawBufferPointer) -> Bool {
    guard text.count <= 45 else { return false }
    var parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count >= 3 else { return false }
    // `::` at either end gives an empty part more than in the middle.
    if parts[0].isEmpty {
      guard parts[1].isEmpty else { return false }
      parts.removeFirst()
    }
    if parts[parts.count - 1].isEmpty {
      guard parts.count >= 2, parts[parts.count - 2].isEmpty else { return false }
      parts.removeLast()
    }
    var groups = 0
    var gaps = 0
    for (index, part) in parts.enumerated() {
      if part.isEmpty {
        gaps += 1
      } else if part.contains(UInt8(ascii: ".")) {
        guard index == parts.count - 1, isIPv4(part) else { return false }
        groups += 2
      } else {
        guard part.count <= 4, part.allSatisfy(isHexadecimal) else { return false }
        groups += 1
      }
    }
    return gaps == 0 ? groups == 8 : gaps == 1 && groups <= 7
  }
}
