import Bytes
import HTTPSemantics
import HTTPWire

/// What of `Accept-Encoding` counts for a behaviour (spec § 14.4): whether brotli and gzip are welcome, the only codings
/// that it keeps apart.
public struct AcceptedEncodings: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let gzip = AcceptedEncodings(rawValue: 1)
  public static let brotli = AcceptedEncodings(rawValue: 2)

  /// The codings that a client takes: named, or covered by `*`, and without `q=0` (RFC 9110 § 12.5.3).
  public init(_ head: RequestHead) {
    self = []
    guard head.present.contains(.acceptEncoding) else { return }
    var everything = false
    var refused: AcceptedEncodings = []
    for field in head.fields where field.id == .acceptEncoding {
      var list = ListElements(head.value(of: field))
      while let element = list.next() {
        let end = element.firstIndex(of: 59) ?? element.count
        let coding = UnsafeRawBufferPointer(rebasing: element[..<end]).trimmingWhitespace
        let isRefused = Self.isZero(UnsafeRawBufferPointer(rebasing: element[end...]))
        let named: AcceptedEncodings
        if coding.equalsIgnoringCase("gzip") || coding.equalsIgnoringCase("x-gzip") {
          named = .gzip
        } else if coding.equalsIgnoringCase("br") {
          named = .brotli
        } else {
          if coding.equals("*") { everything = !isRefused }
          continue
        }
        if isRefused { refused.insert(named) } else { insert(named) }
      }
    }
    if everything { formUnion([.gzip, .brotli]) }
    subtract(refused)
  }

  /// Whether parameters say `q=0`.
  private static func isZero(_ parameters: UnsafeRawBufferPointer) -> Bool {
    var list = Parameters(parameters)
    while let parameter = list.next() {
      guard parameter.name.equalsIgnoringCase("q") else { continue }
      return parameter.value.first == 48 && parameter.value.dropFirst().allSatisfy { $0 == 46 || $0 == 48 }
    }
    return false
  }

  /// What the key and the request to the origin say: `br,gzip`, `br`, `gzip`; nil for neither.
  public var normalised: StaticString? {
    switch self {
    case [.gzip, .brotli]: "br,gzip"
    case .brotli: "br"
    case .gzip: "gzip"
    default: nil
    }
  }
}
