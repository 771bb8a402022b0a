import Bytes

/// What a key has behind its target, for people to read.
extension CacheKey {
  /// A line for each part: `accept-language:de`. What may be a secret is left out: cookies and credentials have their names
  /// only.
  public static func parts(of key: UnsafeRawBufferPointer) -> String {
    guard isOfDistribution(key), hasParts(key) else { return "" }
    let rest = UnsafeRawBufferPointer(rebasing: key[(targetStart &+ target(of: key).count &+ 1)...])
    return rest.split(whereSeparator: { $0 == 10 || $0 == 13 })
      .map { readable(UnsafeRawBufferPointer(rebasing: $0)) + "\n" }.joined()
  }

  private static func readable(_ line: UnsafeRawBufferPointer) -> String {
    guard line.count > 2, line[1] == 58 else { return line.text }
    let rest = UnsafeRawBufferPointer(rebasing: line[2...])
    switch line[0] {
    case UInt8(ascii: "c"): return "cookie:" + text(of: rest, before: 61) + "=…"
    case UInt8(ascii: "e"): return "accept-encoding:" + rest.text
    case UInt8(ascii: "h"):
      let name = text(of: rest, before: 58)
      return name == "authorization" ? name + ":…" : rest.text
    case UInt8(ascii: "m"): return "method:" + rest.text
    case UInt8(ascii: "n"): return "host:" + rest.text
    case UInt8(ascii: "v"): return rest.text
    default: return line.text
    }
  }

  private static func text(of bytes: UnsafeRawBufferPointer, before end: UInt8) -> String {
    UnsafeRawBufferPointer(rebasing: bytes[..<(bytes.firstIndex(of: end) ?? bytes.count)]).text
  }
}
