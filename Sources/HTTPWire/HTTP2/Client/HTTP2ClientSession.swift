import Bytes
import CNGHTTP2
import HTTPSemantics

/// Our side of one HTTP/2 connection to an origin (RFC 9113): requests in, bytes for the origin out; bytes of the origin in,
/// answers out.
///
///     open --GOAWAY received, `terminate`--> ending --every answer is whole--> over
///       |----the origin breaks the protocol: `fault`--> GOAWAY --> over
///
/// What an origin sends of one body waits with its stream until it is consumed, and the origin may send no more than a
/// window of it. The connection's own window is opened as bytes come: an answer that nobody reads stops itself, and no other.
public final class HTTP2ClientSession: HTTP2Session {
  /// What comes behind a request's head.
  public enum Following: Sendable {
    /// The body, if there is one, stands there already.
    case body
    /// `lend` and `end` give the body.
    case pieces
    /// They give what is said through a tunnel: the request asks for a WebSocket (RFC 8441 § 5).
    case tunnel
  }

  /// How the origin broke the protocol, as nghttp2 says it; nil: it has not.
  public private(set) var fault: String?
  /// What the fields of the section become that is coming in.
  private let text = ResponseText()
  private var isTerminated = false
  private var hasHeardSettings = false

  /// - Parameter settings: `concurrentStreams` are those that we open at most.
  /// - Returns: nil where there is no memory for it.
  public init?(settings: HTTP2Settings) {
    super.init(.client, settings: settings)
    send(settings: [
      NGHTTP2_SETTINGS_ENABLE_PUSH: 0,
      NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE: settings.streamWindow,
      NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE: settings.head.headBytes,
    ])
  }

  // MARK: Bytes

  /// Takes bytes of the origin. Where they break the protocol, the session is over when `write` has said so.
  public func receive(_ bytes: UnsafeRawBufferPointer) {
    guard fault == nil else { return }
    let code = take(bytes)
    if code != 0 {
      note(fault: String(cString: nghttp2_strerror(code)))
      terminate(.protocolError)
    }
  }

  private func note(fault words: String) { if fault == nil { fault = lastError ?? words } }

  /// Whether the origin takes another request now.
  public var mayOpen: Bool {
    let theirs = nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
    return isOpen && streamCount < min(settings.concurrentStreams, Int(theirs))
  }

  /// Whether the origin will take requests at all.
  public var isOpen: Bool {
    !isTerminated && fault == nil && nghttp2_session_check_request_allowed(session) != 0
  }

  /// Whether the origin takes requests for a tunnel (RFC 8441 § 3); nil: it has not said so yet.
  public var takesTunnels: Bool? {
    guard hasHeardSettings else { return nil }
    return nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL) == 1
  }

  // MARK: Requests

  /// Sends a request's head.
  /// - Parameters:
  ///   - text: the head as HTTP/1.1 writes it, and perhaps a body behind it, which is not looked at. It must stay where it is
  ///     until the stream is closed or has been taken back.
  ///   - acceptsTrailers: whether the one that the answer is for takes trailers.
  ///   - following: `lend` and `end` must follow, too, where a body stands behind the head.
  /// - Returns: bytes of the head; nil where it cannot be sent.
  public func open(
    _ stream: HTTP2ClientStream, with text: UnsafeRawBufferPointer, isSecure: Bool, acceptsTrailers: Bool,
    following: Following
  ) -> Int? {
    guard isOpen,
      let head = RequestFields(
        text, isSecure: isSecure, acceptsTrailers: acceptsTrailers, isTunnel: following == .tunnel)
    else { return nil }
    let hasBody = following != .body || head.byteCount < text.count
    let id = head.standIn.use { field in
      guard hasBody else { return nghttp2_submit_request(session, nil, field, 1, nil, nil) }
      var provider = HTTP2Rules.provider(for: stream)
      return nghttp2_submit_request(session, nil, field, 1, &provider, nil)
    }
    guard id > 0 else { return nil }
    stream.id = id
    stream.head = head
    adopt(stream)
    return head.byteCount
  }

  /// Bytes of an answer's body are needed no longer: the origin may send as many more.
  public func consume(_ stream: HTTP2ClientStream, _ count: Int) {
    guard count > 0, stream.codec === self else { return }
    nghttp2_session_consume_stream(session, stream.id, count)
  }

  /// What has come of an answer will not do.
  public func refuse(_ stream: HTTP2ClientStream, _ error: WireError) {
    stream.flaw = .malformed(error)
    reset(stream, .protocolError)
  }

  /// Opens no more streams, and ends the connection once GOAWAY has been sent.
  public override func terminate(_ code: HTTP2ErrorCode) {
    guard !isTerminated else { return }
    isTerminated = true
    super.terminate(code)
  }

  // MARK: What nghttp2 tells

  // SAFETY: `open` alone adopts streams, and they are of this kind.
  private func call(_ id: Int32) -> HTTP2ClientStream? {
    stream(id).map { unsafeDowncast($0, to: HTTP2ClientStream.self) }
  }

  override func beginSection(_ frame: UnsafePointer<nghttp2_frame>) {
    trailerText = nil
    if call(frame.pointee.hd.stream_id)?.hasFinalHead ?? false {
      trailerText = TrailerText(limits: settings.body)
    } else {
      text.begin(limits: settings.head)
    }
  }

  override func addToHead(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
    text.add(name, value)
  }

  override func noteMalformedHead() { text.noteMalformed() }

  override func giveUpSection(of id: Int32) {
    call(id)?.flaw = .malformed((trailerText != nil ? trailerText?.error : text.error) ?? .malformedFieldName)
  }

  override func received(_ frame: UnsafePointer<nghttp2_frame>) -> Bool {
    let head = frame.pointee.hd
    let isLast = head.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
    switch UInt32(head.type) {
    case NGHTTP2_HEADERS.rawValue: if let stream = call(head.stream_id) { endSection(stream, isLast: isLast) }
    case NGHTTP2_DATA.rawValue: if isLast { call(head.stream_id)?.didReceiveEnd(trailers: nil) }
    case NGHTTP2_SETTINGS.rawValue:
      if head.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) == 0 { hasHeardSettings = true }
    default: break
    }
    return true
  }

  /// A section has come whole.
  private func endSection(_ stream: HTTP2ClientStream, isLast: Bool) {
    if let trailers = trailerText {
      trailerText = nil
      if let error = trailers.error { return refuse(stream, error) }
      if isLast { stream.didReceiveEnd(trailers: trailers.lines) }
      return
    }
    text.finish()
    if let error = text.error { return refuse(stream, error) }
    if !text.isInterim { stream.hasFinalHead = true }
    stream.didReceive(head: text.out.readable)
    if isLast { stream.didReceiveEnd(trailers: nil) }
  }

  override func receivedInvalid(_ frame: UnsafePointer<nghttp2_frame>, _ code: Int32) {
    guard let stream = call(frame.pointee.hd.stream_id) else { return }
    if stream.flaw == nil { stream.flaw = .violation(String(cString: nghttp2_strerror(code))) }
  }

  override func received(_ bytes: UnsafeRawBufferPointer, of id: Int32) {
    nghttp2_session_consume_connection(session, bytes.count)
    stream(id)?.didReceive(bytes)
  }

  override func sent(_ frame: UnsafePointer<nghttp2_frame>) {
    // That the connection ends, and why.
    guard UInt32(frame.pointee.hd.type) == NGHTTP2_GOAWAY.rawValue, frame.pointee.goaway.error_code != 0 else { return }
    note(fault: String(cString: nghttp2_http2_strerror(frame.pointee.goaway.error_code)))
  }
}
