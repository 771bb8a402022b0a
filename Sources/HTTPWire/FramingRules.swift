import Bytes
import HTTPSemantics

/// Where a body ends, as its head says (RFC 9112 § 6). Every doubt is an error: two readers who settle a doubt
/// differently are how one request is smuggled inside another.
enum FramingRules {
  /// The framing that `Content-Length` or `Transfer-Encoding` announce; one of them must be there.
  static func framing(_ head: MessageHead, _ section: FieldSection) -> Result<BodyFraming, WireError> {
    if section.seen.contains(.transferEncoding) {
      if section.seen.contains(.contentLength) { return .failure(.conflictingFraming) }
      if head.minorVersion == 0 { return .failure(.transferEncodingInHTTP10) }
      if let error = transferCodings(head) { return .failure(error) }
      return .success(.chunked)
    }
    if section.repeated.contains(.contentLength) { return .failure(.repeatedContentLength) }
    guard let field = head.first(.contentLength), let length = contentLength(head.value(of: field)) else {
      return .failure(.malformedContentLength)
    }
    return .success(.length(length))
  }

  /// `1*DIGIT`, up to 2⁶³ − 1 so that lengths stay additive in signed arithmetic.
  static func contentLength(_ value: UnsafeRawBufferPointer) -> UInt64? {
    guard !value.isEmpty, value.count <= 19 else { return nil }
    var length: UInt64 = 0
    for byte in value {
      let digit = byte &- 48
      guard digit < 10 else { return nil }
      length = length &* 10 &+ UInt64(digit)
    }
    return length <= UInt64(Int64.max) ? length : nil
  }

  /// What is wrong with the transfer codings, all lines taken together, unless they are `chunked` alone.
  private static func transferCodings(_ head: MessageHead) -> WireError? {
    var codings = 0
    var chunked = 0
    var endsChunked = false
    for field in head.fields where field.id == .transferEncoding {
      let value = head.value(of: field)
      if value.equalsIgnoringCase("chunked") {
        codings &+= 1
        chunked &+= 1
        endsChunked = true
        continue
      }
      var start = 0
      var at = 0
      while at <= value.count {
        if at == value.count || value[at] == 44 {
          let coding = UnsafeRawBufferPointer(rebasing: value[start..<at]).trimmingWhitespace
          // Parameters, quotes and empty list elements are in no coding that anybody sends.
          guard coding.isToken else { return .malformedTransferEncoding }
          codings &+= 1
          endsChunked = coding.equalsIgnoringCase("chunked")
          if endsChunked { chunked &+= 1 }
          start = at &+ 1
        }
        at &+= 1
      }
    }
    guard endsChunked, chunked == 1 else { return .malformedTransferEncoding }
    return codings == 1 ? nil : .unsupportedTransferEncoding
  }
}
