import APIModel

extension ReadingContext {
  /// The number of the web ACL that a stage or a distribution names under `webACL`, by its name or its ARN.
  func webACL(of object: ObjectReader) -> Int? {
    guard let text = object.string("webACL"), let place = object.value("webACL")?.location else { return nil }
    let name = text.hasPrefix("arn:") ? text.split(separator: "/").dropFirst(2).first.map(String.init) ?? text : text
    if let number = webACLs[name] { return number }
    findings.error(
      at: place, "there is no web ACL `\(ObjectReader.excerpt(name))`",
      suggestion: Suggestion.near(name, among: webACLs.keys.sorted()))
    return nil
  }
}
