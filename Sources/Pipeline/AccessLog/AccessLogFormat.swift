import Bytes

/// What a line of an access log says, compiled from a template with `$context.…` in it (spec § 11.4).
///
///     $context.requestId "$context.path" $context.status
///     └──── value ────┘└2┘└── value ──┘└2┘└── value ──┘        texts and values take turns
///
/// Values are escaped by what the template looks like, so that nothing that a client sends can begin a line or a field
/// of its own (`LogEscaping`).
public final class AccessLogFormat: Sendable {
  /// Why a template is none.
  public struct Mistake: Error, Equatable {
    public let message: String
    public let suggestion: String
  }

  /// A text, and the value behind it. Values that are never known are part of the texts.
  struct Piece: BitwiseCopyable {
    /// Where the text ends in `texts`; it begins where that of the piece before it ends.
    let textEnd: Int32
    let variable: LogVariable
    /// `.messageString`: it does not stand in a string of JSON's, so that it is written with its own quotes.
    let isBare: Bool
    /// `.named`: an index of `names`.
    let name: Int32
  }

  let escaping: LogEscaping
  /// All texts, one behind the other; what is behind the last piece's is the line's end. Sixteen bytes more stand behind
  /// them, so that they can be copied sixteen at a time.
  let texts: [UInt8]
  /// Bytes of `texts` that are text.
  let textCount: Int
  let pieces: [Piece]
  let names: [String]
  /// `$context.` names that do not exist: they are logged as `-`.
  public let unknownNames: [String]
  /// Text that a client may choose and that the template writes as JSON without quotes around it.
  public let unquotedNames: [String]

  /// Bytes that a template may have.
  public static let longest = 8192

  /// - Parameter text: a template, or the name of a standard one (``standard``).
  /// - Throws: `Mistake` for a template of several lines, one that is too long, and one that names no request.
  public init(_ text: String) throws(Mistake) {
    var source = Self.standard[text] ?? text
    while source.utf8.last == 10 || source.utf8.last == 13 { source.unicodeScalars.removeLast() }
    let bytes = Array(source.utf8)
    guard !bytes.contains(where: { $0 < 32 && $0 != 9 }) else {
      throw Mistake(
        message: "the format of an access log is a single line",
        suggestion: "in YAML, write `format: >-` and the format below it: its lines are joined")
    }
    guard bytes.count <= Self.longest else {
      throw Mistake(
        message: "the format of an access log has at most \(Self.longest) bytes, not \(bytes.count)",
        suggestion: "leave variables out")
    }
    var parser = Parser(bytes)
    parser.run(escaping: text == "csv" ? .csv : LogEscaping(of: bytes))
    guard parser.hasRequestID else {
      throw Mistake(
        message: "the format of an access log must contain `$context.requestId` or `$context.extendedRequestId`",
        suggestion: "add one, or name a standard format: \(Self.standard.keys.sorted().joined(separator: ", "))")
    }
    escaping = parser.escaping
    texts = parser.texts + [10] + [UInt8](repeating: 0, count: 16)
    textCount = parser.texts.count + 1
    pieces = parser.pieces
    names = parser.names
    unknownNames = parser.unknownNames
    unquotedNames = parser.unquotedNames
  }

  /// The formats that API Gateway's console offers, by the names that gateway.yaml gives them.
  public static let standard = [
    "clf": """
    $context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] \
    "$context.httpMethod $context.resourcePath $context.protocol" $context.status $context.responseLength \
    $context.requestId $context.extendedRequestId
    """,
    "json": """
    {"requestId":"$context.requestId","extendedRequestId":"$context.extendedRequestId",\
    "ip":"$context.identity.sourceIp","caller":"$context.identity.caller","user":"$context.identity.user",\
    "requestTime":"$context.requestTime","httpMethod":"$context.httpMethod",\
    "resourcePath":"$context.resourcePath","status":"$context.status","protocol":"$context.protocol",\
    "responseLength":"$context.responseLength"}
    """,
    "xml": """
    <request id="$context.requestId"><ip>$context.identity.sourceIp</ip><caller>$context.identity.caller</caller>\
    <user>$context.identity.user</user><requestTime>$context.requestTime</requestTime>\
    <httpMethod>$context.httpMethod</httpMethod><resourcePath>$context.resourcePath</resourcePath>\
    <status>$context.status</status><protocol>$context.protocol</protocol>\
    <responseLength>$context.responseLength</responseLength>\
    <extendedRequestId>$context.extendedRequestId</extendedRequestId></request>
    """,
    "csv": """
    $context.identity.sourceIp,$context.identity.caller,$context.identity.user,$context.requestTime,\
    $context.httpMethod,$context.resourcePath,$context.protocol,$context.status,$context.responseLength,\
    $context.requestId,$context.extendedRequestId
    """,
  ]
}

extension AccessLogFormat {
  /// Reads a template from left to right.
  private struct Parser {
    private let source: [UInt8]
    var escaping = LogEscaping.text
    var texts: [UInt8] = []
    var pieces: [Piece] = []
    var names: [String] = []
    var unknownNames: [String] = []
    var unquotedNames: [String] = []
    var hasRequestID = false
    /// Whether what is read stands between quotes of JSON's.
    private var isQuoted = false

    private static let mark = Array("$context.".utf8)

    init(_ source: [UInt8]) { self.source = source }

    mutating func run(escaping: LogEscaping) {
      self.escaping = escaping
      var at = 0
      while at < source.count {
        if let end = end(ofVariableAt: at) {
          add(String(decoding: source[(at + Self.mark.count)..<end], as: UTF8.self))
          at = end
          continue
        }
        if source[at] == UInt8(ascii: "\""), at == 0 || source[at - 1] != UInt8(ascii: "\\") { isQuoted.toggle() }
        texts.append(source[at])
        at += 1
      }
    }

    /// Behind the name of the variable that begins here; a full stop at its end is none of it.
    private func end(ofVariableAt start: Int) -> Int? {
      guard source[start...].starts(with: Self.mark) else { return nil }
      var end = start + Self.mark.count
      while end < source.count,
        source[end] &- 48 < 10 || (source[end] | 32) &- 97 < 26 || source[end] == 46 || source[end] == 95
      {
        end += 1
      }
      while source[end - 1] == 46, end > start + Self.mark.count { end -= 1 }
      return end > start + Self.mark.count ? end : nil
    }

    private mutating func add(_ name: String) {
      let variable = LogVariable(name)
      if variable == .requestID || variable == .extendedRequestID { hasRequestID = true }
      if variable == nil || variable == .absent { texts.append(UInt8(ascii: "-")) }
      if variable == nil, !unknownNames.contains(name) { unknownNames.append(name) }
      let isBare = escaping == .json && !isQuoted
      if isBare, variable?.isFreeText == true, !unquotedNames.contains(name) { unquotedNames.append(name) }
      guard let variable, variable != .absent else { return }
      var index = 0
      if variable == .named {
        index = names.firstIndex(of: name) ?? names.count
        if index == names.count { names.append(name) }
      }
      pieces.append(
        Piece(
          textEnd: Int32(clamping: texts.count), variable: variable, isBare: isBare,
          name: Int32(clamping: index)))
    }
  }
}
