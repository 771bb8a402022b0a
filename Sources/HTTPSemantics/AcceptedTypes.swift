import Bytes

/// What `Accept` says about documents for people (RFC 9110 § 12.5.1).
public enum AcceptedTypes {
  /// Whether `text/html`, or `application/xhtml+xml`, is named and nothing that is named is liked better: so says a browser
  /// that goes to a page, and neither a script nor a client that takes anything.
  public static func prefersHTML(_ value: UnsafeRawBufferPointer) -> Bool {
    var html = 0
    var others = 0
    var start = 0
    while start < value.count {
      var end = start
      while end < value.count, value[end] != UInt8(ascii: ",") { end &+= 1 }
      let item = UnsafeRawBufferPointer(rebasing: value[start..<end]).trimmingWhitespace
      start = end &+ 1
      guard let type = MediaType(item) else { continue }
      var weight = 1000
      var parameters = type.parameters
      while let parameter = parameters.next() {
        if parameter.name.equalsIgnoringCase("q") { weight = AcceptedCodings.weight(parameter.value) ?? 0 }
      }
      if type.isEssence("text/html") || type.isEssence("application/xhtml+xml") {
        html = max(html, weight)
      } else {
        others = max(others, weight)
      }
    }
    return html > 0 && html >= others
  }
}
