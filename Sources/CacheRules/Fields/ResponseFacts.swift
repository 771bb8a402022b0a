import Bytes
import HTTPSemantics

/// Everything that decisions about a response rest on, read from its fields in one pass. Views of the bytes, which must
/// outlive it.
public struct ResponseFacts {
  public let status: Int
  public let fields: FieldBlock
  public let directives: ResponseDirectives
  /// `Date` in seconds since 1970; nil where it is absent or no date.
  public private(set) var date: Int?
  /// `Age` in seconds: the first value that there is, 0 where it is no number (RFC 9111 § 5.1).
  public private(set) var age = 0
  public private(set) var expires = Expires.absent
  public private(set) var lastModified: Int?
  public private(set) var lastModifiedText: UnsafeRawBufferPointer?
  public private(set) var etag: UnsafeRawBufferPointer?
  public private(set) var hasVary = false
  public private(set) var variesOnEverything = false
  public private(set) var setsCookies = false
  public private(set) var contentLength: Int?
  public private(set) var contentRange: ContentRange?

  /// `Expires` (RFC 9111 § 5.3).
  public enum Expires: Equatable, Sendable {
    case absent
    /// No date, such as `0` or `-1`: it has expired.
    case invalid
    /// Seconds since 1970.
    case at(Int)
  }

  /// - Parameter now: seconds since 1970, which two-digit years are counted from.
  public init(status: Int, fields bytes: UnsafeRawBufferPointer, now: Int) {
    self.status = status
    fields = FieldBlock(bytes)
    directives = ResponseDirectives(fields)
    var hasAge = false
    for line in fields {
      switch line.id {
      case .date: if date == nil { date = HTTPDate.parse(line.value, now: now) }
      case .age where !hasAge:
        hasAge = true
        var elements = ListElements(line.value)
        age = elements.next().flatMap(DeltaSeconds.parse) ?? 0
      case .expires where expires == .absent:
        expires = HTTPDate.parse(line.value, now: now).map { .at($0) } ?? .invalid
      case .lastModified where lastModifiedText == nil:
        lastModified = HTTPDate.parse(line.value, now: now)
        if lastModified != nil { lastModifiedText = line.value }
      case .etag where etag == nil: if !line.value.isEmpty { etag = line.value }
      case .vary:
        var names = ListElements(line.value)
        while let name = names.next() {
          hasVary = true
          if name.equals("*") { variesOnEverything = true }
        }
      case .setCookie: setsCookies = true
      case .contentLength: contentLength = DecimalNumber.parse(line.value)
      default: if line.isNamed("content-range") { contentRange = ContentRange(line.value) }
      }
    }
  }

  /// Whether the origin can be asked whether this response still holds.
  public var hasValidator: Bool { etag != nil || lastModified != nil }
}

/// A count of bytes in decimal digits.
public enum DecimalNumber {
  /// - Returns: nil where there is anything but digits, or more of them than an `Int` holds.
  public static func parse(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard !bytes.isEmpty else { return nil }
    var value = 0
    for byte in bytes {
      let digit = byte &- 48
      guard digit < 10 else { return nil }
      let (shifted, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, overflow) = shifted.addingReportingOverflow(Int(digit))
      if tooLarge || overflow { return nil }
      value = sum
    }
    return value
  }

  /// The same, but what is more than an `Int` holds is as much as it holds.
  static func clamped(_ bytes: UnsafeRawBufferPointer) -> Int? {
    guard !bytes.isEmpty, bytes.allSatisfy({ $0 &- 48 < 10 }) else { return nil }
    return parse(bytes) ?? .max
  }
}
