/// One segment of a resource's path, as it is written.
public enum RouteSegment: Hashable, Sendable {
  case literal(String)
  /// `{name}`: one segment.
  case variable(String)
  /// `{name+}`: the rest of the path.
  case greedy(String)

  /// Nil for what is neither: `x{p}`, `{}`, `a b`.
  public init?(_ text: some StringProtocol) {
    if text.hasPrefix("{") && text.hasSuffix("}") {
      var name = text.dropFirst().dropLast()
      let isGreedy = name.hasSuffix("+")
      if isGreedy { name = name.dropLast() }
      guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte) else { return nil }
      self = isGreedy ? .greedy(String(name)) : .variable(String(name))
    } else {
      guard !text.isEmpty, text.utf8.allSatisfy(Self.isLiteralByte) else { return nil }
      self = .literal(String(text))
    }
  }

  /// Whether a parameter's name may have it: `[a-zA-Z0-9._$-]` (spec § 2.1); `:` is found in exported definitions.
  public static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "$"),
      UInt8(ascii: "-"), UInt8(ascii: ":"):
      true
    default: false
    }
  }

  /// What may stand in a path unencoded (RFC 3986 § 3.3), and `%`. AWS allows only `[A-Za-z0-9._:,-]` here; the rest
  /// costs nothing and lets an old system's paths be served.
  private static func isLiteralByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "-._~!$&'()*+,;=:@%".utf8.contains(byte)
    }
  }
}

/// A resource that the tree cannot serve, or that API Gateway would refuse.
public struct RouteProblem: Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// A segment is neither a literal nor a whole variable.
    case badSegment(String)
    /// The greedy variable of this name has something behind it.
    case childOfGreedy(String)
    /// Its parent has another variable already, written like this.
    case siblingVariables(String)
    /// Two variables of the path have one name.
    case repeatedName
    /// Another resource matches the same paths.
    case duplicate(of: Int32)
    case tooDeep
    /// Not one of the seven methods, nor `ANY`.
    case unknownMethod(String)
  }

  /// The index of the resource.
  public var resource: Int32
  public var kind: Kind

  public init(resource: Int32, kind: Kind) {
    self.resource = resource
    self.kind = kind
  }

  public var description: String {
    switch kind {
    case .badSegment(let segment):
      "`\(segment)` is not a path segment: a literal, `{name}` or `{name+}` is expected"
    case .childOfGreedy(let name):
      "cannot create a child of a resource with a greedy path variable: {\(name)+}"
    case .siblingVariables(let sibling):
      "a sibling (\(sibling)) of this resource already has a variable path part; only one is allowed"
    case .repeatedName: "two variables of the path have the same name"
    case .duplicate: "another resource has the same path"
    case .tooDeep: "the path has more than \(RouteTree.deepest) segments"
    case .unknownMethod(let name): "`\(name)` is not a method that a resource can have"
    }
  }
}
