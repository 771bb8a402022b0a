import Bytes
import HTTPSemantics
import HTTPWire

/// Whether a request's conditions hold for what it would get (RFC 9110 § 13), in the order of § 13.2.2:
///
///     If-Match, or without it If-Unmodified-Since       false: 412
///     If-None-Match, or without it If-Modified-Since    false: 304
///     Range, with If-Range                              false: the whole
///
/// For GET and HEAD, which is all that files are asked with.
public struct Preconditions {
  public enum Verdict: Hashable, Sendable {
    case proceed
    /// 304
    case notModified
    /// 412
    case failed
  }

  public let verdict: Verdict
  /// The `Range` to answer, if the conditions hold; nil: the whole.
  public let range: FieldSlice?

  private enum Condition { case match, unmodifiedSince, range }

  /// - Parameters:
  ///   - file: what would be sent.
  ///   - now: seconds since 1970.
  public init(_ head: RequestHead, _ file: Representation, now: Int64) {
    var match = false
    var unmodifiedSince: FieldSlice?
    var ifRange: FieldSlice?
    var index = 0
    while index < head.fields.count {
      let field = head.fields[index]
      index &+= 1
      guard field.id == .other, let condition = Self.condition(head.name(of: field)) else { continue }
      switch condition {
      case .match: match = true
      case .unmodifiedSince: unmodifiedSince = field
      case .range: ifRange = field
      }
    }
    verdict = Self.verdict(head, file, match: match, unmodifiedSince: unmodifiedSince, now: now)
    guard verdict == .proceed, head.method == .get, let range = head.first(.range) else {
      self.range = nil
      return
    }
    if let ifRange, !Self.holds(ifRange: head.value(of: ifRange), file, now: now) {
      self.range = nil
    } else {
      self.range = range
    }
  }

  /// Which condition a field without an id of its own is.
  @inline(__always)
  private static func condition(_ name: UnsafeRawBufferPointer) -> Condition? {
    switch name.count {
    case 8:
      if name.equalsIgnoringCase("if-match") { return .match }
      return name.equalsIgnoringCase("if-range") ? .range : nil
    case 19: return name.equalsIgnoringCase("if-unmodified-since") ? .unmodifiedSince : nil
    default: return nil
    }
  }

  private static func verdict(
    _ head: RequestHead, _ file: Representation, match: Bool, unmodifiedSince: FieldSlice?, now: Int64
  ) -> Verdict {
    if match {
      var holds = false
      for field in head.fields where field.id == .other && condition(head.name(of: field)) == .match {
        let value = head.value(of: field)
        if EntityTagList.contains(file.entityTag, in: value, strongly: true) {
          // Only `*` means a form whose tag is weak.
          holds = !file.isWeak || value.trimmingWhitespace.equals("*")
        }
      }
      if !holds { return .failed }
    } else if let unmodifiedSince, let date = HTTPDate.parse(head.value(of: unmodifiedSince), now: Int(now)),
      file.lastModified > date
    {
      return .failed
    }
    if head.first(.ifNoneMatch) != nil {
      for field in head.fields where field.id == .ifNoneMatch {
        if EntityTagList.contains(file.entityTag, in: head.value(of: field), strongly: false) { return .notModified }
      }
    } else if let field = head.first(.ifModifiedSince),
      let date = HTTPDate.parse(head.value(of: field), now: Int(now)), file.lastModified <= date
    {
      return .notModified
    }
    return .proceed
  }

  /// RFC 9110 § 13.1.5: compared strongly. A date is strong once the second that it names has passed (§ 8.8.2.2).
  private static func holds(ifRange value: UnsafeRawBufferPointer, _ file: Representation, now: Int64) -> Bool {
    if value.first == UInt8(ascii: "\"") { return !file.isWeak && value.elementsEqual(file.entityTag) }
    guard let date = HTTPDate.parse(value, now: Int(now)) else { return false }
    return date == file.lastModified && now > file.lastModified
  }
}

/// `If-Match` and `If-None-Match`: `*`, or entity tags between commas (RFC 9110 § 8.8.3, § 13.1.1).
public enum EntityTagList {
  /// Whether the list names the tag; `*` names every one.
  /// - Parameters:
  ///   - tag: strong, with its quotes.
  ///   - strongly: weak tags of the list name nothing then (§ 8.8.3.2).
  public static func contains(_ tag: [UInt8], in list: UnsafeRawBufferPointer, strongly: Bool) -> Bool {
    var at = 0
    while at < list.count {
      let byte = list[at]
      if byte == 32 || byte == 9 || byte == UInt8(ascii: ",") {
        at &+= 1
        continue
      }
      if byte == UInt8(ascii: "*") { return list.trimmingWhitespace.count == 1 }
      var isWeak = false
      if byte == UInt8(ascii: "W"), at &+ 1 < list.count, list[at &+ 1] == UInt8(ascii: "/") {
        isWeak = true
        at &+= 2
      }
      guard at < list.count, list[at] == UInt8(ascii: "\"") else { return false }
      let start = at
      at &+= 1
      while at < list.count, list[at] != UInt8(ascii: "\"") { at &+= 1 }
      guard at < list.count else { return false }
      at &+= 1
      if !(isWeak && strongly), UnsafeRawBufferPointer(rebasing: list[start..<at]).elementsEqual(tag) { return true }
    }
    return false
  }
}
