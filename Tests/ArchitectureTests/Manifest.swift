/// What Package.swift says about the targets, read from its text: the order of its lines is the order of the floors.
struct Manifest {
  struct Target {
    var name: String
    /// Targets of this package; products of others are left out.
    var dependencies: [String]
    var isHot: Bool
    /// Whether it has tests, or what they share.
    var isTest: Bool
  }

  let targets: [Target]

  init(_ text: String) {
    let text = text[(text.firstRange(of: "targets: [\n")?.upperBound ?? text.startIndex)...]
    targets = text.matches(of: /\.(target|executableTarget|testTarget|systemLibrary)\(/).compactMap { match in
      let declaration = Self.enclosed(text[match.range.upperBound...], by: "(", ")")
      guard let name = declaration.firstMatch(of: /name:\s*"(\w+)"/)?.1 else { return nil }
      var dependencies: [String] = []
      if let list = declaration.firstRange(of: /dependencies:\s*\[/) {
        let names = Self.enclosed(declaration[list.upperBound...], by: "[", "]").replacing(
          /\.product\([^)]*\)/, with: "")
        dependencies = names.matches(of: /"(\w+)"/).map { String($0.1) }
      }
      return Target(
        name: String(name), dependencies: dependencies,
        isHot: declaration.contains("swiftSettings: hot"),
        isTest: match.1 == "testTarget" || declaration.contains("path: \"Tests/"))
    }
  }

  /// The text up to the bracket that closes one already opened.
  private static func enclosed(_ text: Substring, by open: Character, _ close: Character) -> Substring {
    var depth = 1
    let end = text.firstIndex { character in
      if character == open { depth += 1 }
      if character == close { depth -= 1 }
      return depth == 0
    }
    return text[..<(end ?? text.endIndex)]
  }
}
