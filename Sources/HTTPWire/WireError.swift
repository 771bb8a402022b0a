/// Why bytes are not a message that the gateway takes. The case's name is what logs show.
///
/// None of them can be recovered from: where one message is malformed, nobody knows where the next one begins, so the
/// connection is closed behind the answer.
public enum WireError: UInt8, Error, Sendable, CaseIterable {
  // The request line (RFC 9112 § 3)
  /// The method is empty, or has a byte that is not a `tchar`.
  case malformedMethod
  /// A method longer than any that exists.
  case methodTooLong
  /// The target has a control byte, a space, a byte from 0x80 on, `#`, or a `%` without two hexadecimal digits, or it has
  /// none of the four forms.
  case malformedTarget
  /// `*` with a method other than OPTIONS, or host:port with one other than CONNECT, or CONNECT without it.
  case targetFormForbidden
  case targetTooLong
  /// What stands where `HTTP/1.1` should.
  case malformedVersion
  /// A version other than 1.0 and 1.1.
  case unsupportedVersion

  // The status line (RFC 9112 § 4)
  case malformedStatusLine

  // Field lines (RFC 9112 § 5)
  /// A byte that is not a `tchar`, or `_` in a name that an origin would take for one of the gateway's (`UnderscoredNames`).
  case malformedFieldName
  case emptyFieldName
  case whitespaceBeforeColon
  /// A line that begins with a space or a tab (`obs-fold`).
  case foldedField
  /// A CR without LF.
  case bareCarriageReturn
  /// A LF without CR.
  case bareLineFeed
  case nulByte
  /// Another control byte in a field value or a reason phrase.
  case controlByte
  case headTooLarge
  case tooManyFields

  // Where the message goes (RFC 9112 § 3.2)
  case missingHost
  case repeatedHost
  /// `Host` or the authority of the target is not host[:port].
  case malformedHost

  // Where the body ends (RFC 9112 § 6)
  /// `Content-Length` is not a number of digits, or too large a one.
  case malformedContentLength
  /// More than one `Content-Length`, even with the same value.
  case repeatedContentLength
  /// `Content-Length` beside `Transfer-Encoding`.
  case conflictingFraming
  /// `Transfer-Encoding` is not a list of codings that ends with its only `chunked`.
  case malformedTransferEncoding
  /// A coding that the gateway does not decode, before `chunked`.
  case unsupportedTransferEncoding
  /// `Transfer-Encoding` in an HTTP/1.0 message.
  case transferEncodingInHTTP10
  /// A response that must not have a body announces one.
  case forbiddenBody
  /// `Expect` has another value than `100-continue`.
  case unsupportedExpectation
  /// `:protocol` of an extended CONNECT names another than `websocket` (RFC 8441 § 4).
  case unsupportedProtocol

  // The body (RFC 9112 § 7)
  case malformedChunkSize
  case malformedChunkExtension
  case chunkExtensionsTooLarge
  /// A chunk's data are not followed by CRLF.
  case malformedChunkEnd
  case trailersTooLarge
  case contentTooLarge

  /// The status that a client gets for it. For an origin's mistake the status is 502, whatever the mistake.
  public var status: Int {
    switch self {
    case .methodTooLong, .unsupportedTransferEncoding, .unsupportedProtocol: 501
    case .targetTooLong: 414
    case .unsupportedVersion: 505
    case .headTooLarge, .tooManyFields, .trailersTooLarge: 431
    case .unsupportedExpectation: 417
    case .contentTooLarge: 413
    case .malformedMethod, .malformedTarget, .targetFormForbidden, .malformedVersion, .malformedStatusLine,
      .malformedFieldName, .emptyFieldName, .whitespaceBeforeColon, .foldedField, .bareCarriageReturn, .bareLineFeed,
      .nulByte, .controlByte, .missingHost, .repeatedHost, .malformedHost, .malformedContentLength,
      .repeatedContentLength, .conflictingFraming, .malformedTransferEncoding, .transferEncodingInHTTP10,
      .forbiddenBody,
      .malformedChunkSize, .malformedChunkExtension, .chunkExtensionsTooLarge, .malformedChunkEnd:
      400
    }
  }
}
