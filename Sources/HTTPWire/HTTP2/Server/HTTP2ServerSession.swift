import Bytes
import CNGHTTP2
import HTTPSemantics

/// The server's side of one HTTP/2 connection (RFC 9113): bytes of the client in, requests out; responses in, bytes for
/// the client out. The protocol's own rules are nghttp2's; what is ours is which requests are taken, what they become
/// (`RequestText`), how much the peer may cost (`FloodGuard`), and that a body is asked for only as it is consumed.
///
///     open --GOAWAY announced (`beginShutdown`)--> ending --every stream answered--> over
///       |----error, flood (`fault`), terminate--> GOAWAY --> over
public final class HTTP2ServerSession: HTTP2Session {
  /// A request's head, as a client's stream begins.
  public struct Head {
    public let streamID: Int32
    /// The same head in HTTP/1.1, for `RequestHeadParser`; nothing where it is refused. Valid during the call.
    public let text: ByteBuffer
    /// Why it is not one that is taken.
    public let refusal: WireError?
    /// Whether no body follows.
    public let isWhole: Bool
    /// An extended CONNECT (RFC 8441): written down as the HTTP/1.1 handshake.
    public let isWebSocket: Bool
  }

  /// Why a connection is ended that the peer has not ended.
  public enum Fault: Equatable, Sendable {
    case flood(FloodGuard.Kind)
    /// The peer broke the protocol; what of it, as nghttp2 says it.
    case protocolError(String)
    /// Frames came for a stream that the peer itself had ended.
    case streamClosed

    /// For the log.
    public var reason: String {
      switch self {
      case .flood(let kind): kind.rawValue
      case .protocolError(let text): text
      case .streamClosed: "streamClosed"
      }
    }

    var code: HTTP2ErrorCode {
      switch self {
      case .flood: .enhanceYourCalm
      case .protocolError: .protocolError
      case .streamClosed: .streamClosed
      }
    }
  }

  /// Who is told of requests.
  // SAFETY: it holds the session, and lets go of it when it goes.
  unowned(unsafe) let owner: any HTTP2SessionOwner
  let text = RequestText()
  var guardian = FloodGuard()
  var closedStreams = ClosedStreams()
  private var scanner = FrameScanner()
  /// Milliseconds of the owner's clock.
  var now: Int64 = 0
  public internal(set) var fault: Fault?
  private var isShuttingDown = false
  /// Whether the client has heard of the shutdown: what it sent before that has come.
  public private(set) var hasEndedGrace = false

  /// - Returns: nil where there is no memory for it.
  public init?(settings: HTTP2Settings, owner: any HTTP2SessionOwner) {
    self.owner = owner
    super.init(.server, settings: settings)
    send(settings: [
      NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS: settings.concurrentStreams,
      NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE: settings.streamWindow,
      NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE: settings.head.headBytes,
      NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL: 1,
      NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES: 1,
    ])
  }

  // MARK: Bytes

  /// Takes bytes of the client.
  /// - Parameter now: milliseconds of a clock that is not set back.
  /// - Returns: whether the connection goes on; if not, what `write` still gives is to be sent before it is closed.
  public func receive(_ bytes: UnsafeRawBufferPointer, now: Int64) -> Bool {
    self.now = now
    var taken = 0
    var at = 0
    while fault == nil, taken < bytes.count {
      switch scanner.scan(bytes, from: &at) {
      case .end: take(bytes[taken...])
      case .frame(let frame):
        if frame.type > FrameScanner.Frame.headers {
          note(frame)
          continue
        }
        // Whether its stream is still open depends on the frames before it, and not on itself: one without a payload may be
        // what ends the stream.
        let start = max(taken, at &- FrameScanner.headCount)
        take(bytes[taken..<start])
        check(frame)
        taken = start
        continue
      case .flaw:
        take(bytes[taken..<at])
        fault = fault ?? .protocolError("PRIORITY: no stream, or one that depends on itself")
      }
      taken = at
    }
    guard let fault else { return true }
    terminate(fault.code)
    return false
  }

  private func take(_ bytes: Slice<UnsafeRawBufferPointer>) {
    let code = take(UnsafeRawBufferPointer(rebasing: bytes))
    if code != 0, fault == nil { fault = fault(of: code) }
  }

  private func fault(of code: Int32) -> Fault {
    switch code {
    // More acknowledgements are owed than the peer takes, or it sends more CONTINUATION frames than any head needs.
    case NGHTTP2_ERR_FLOODED.rawValue: .flood(.pingFlood)
    case NGHTTP2_ERR_TOO_MANY_CONTINUATIONS.rawValue: .flood(.continuationFlood)
    case NGHTTP2_ERR_TOO_MANY_SETTINGS.rawValue: .flood(.settingsFlood)
    default: .protocolError(lastError ?? String(cString: nghttp2_strerror(code)))
    }
  }

  /// Bytes that the peer would still take of all streams together (RFC 9113 § 5.2).
  public var remoteWindow: Int { Int(nghttp2_session_get_remote_window_size(session)) }

  // MARK: Responses

  /// Sends an interim response (RFC 9110 § 15.2).
  /// - Parameter fields: a field block: lines `Name: value CRLF`.
  public func sendInterim(_ stream: HTTP2ServerStream, status: Int, fields: UnsafeRawBufferPointer) {
    guard !stream.isClosed, !stream.hasResponded else { return }
    addSection(to: stream) { encoder, out in
      encoder.write(status: status, into: out)
      encoder.write(block: fields, into: out)
    }
    HTTP2StandIn.status.use { _ = nghttp2_submit_headers(session, 0, stream.id, nil, $0, 1, nil) }
  }

  private func addSection(to stream: HTTP2ServerStream, _ write: (FieldEncoder, ByteBuffer) -> Void) {
    stream.addSection { out in
      encoder.begin(into: out)
      write(encoder, out)
    }
  }

  /// Sends the head of the final response, with whatever `outgoing` gets from now on behind it.
  /// - Parameters:
  ///   - fields: field blocks, one behind the other.
  ///   - contentLength: said of the body; nil: nothing is said.
  ///   - hasBody: whether a body may follow.
  public func respond(
    _ stream: HTTP2ServerStream, status: Int, fields: UnsafeRawBufferPointer, more: UnsafeRawBufferPointer,
    contentLength: Int?, hasBody: Bool
  ) {
    guard !stream.isClosed, !stream.hasResponded else { return }
    stream.hasResponded = true
    guardian.noteAnswer()
    addSection(to: stream) { encoder, out in
      encoder.write(status: status, into: out)
      encoder.write(block: fields, into: out)
      encoder.write(block: more, into: out)
      if let contentLength { encoder.write(contentLength: contentLength, into: out) }
    }
    HTTP2StandIn.status.use { standIn in
      guard hasBody else {
        _ = nghttp2_submit_response(session, stream.id, standIn, 1, nil)
        return
      }
      var provider = HTTP2Rules.provider(for: stream)
      _ = nghttp2_submit_response(session, stream.id, standIn, 1, &provider)
    }
  }

  /// Bytes of a request's body are needed no longer: the peer may send as many more.
  public func consume(_ stream: HTTP2ServerStream, _ count: Int) {
    guard count > 0 else { return }
    if stream.isClosed {
      nghttp2_session_consume_connection(session, count)
    } else {
      nghttp2_session_consume(session, stream.id, count)
    }
  }

  /// Bytes of a request's body that nobody wants: other streams get their room, this one does not.
  public func discard(_ count: Int) { nghttp2_session_consume_connection(session, count) }

  // MARK: Ends

  /// Tells the client that no new requests are taken soon (RFC 9113 § 6.8); those on their way still are, until
  /// `finishShutdown`.
  public func beginShutdown() {
    nghttp2_submit_shutdown_notice(session)
    nghttp2_submit_ping(session, 0, nil)
    isShuttingDown = true
  }

  /// Takes no new requests; those that were taken are answered.
  public func finishShutdown() {
    nghttp2_submit_goaway(
      session, 0, nghttp2_session_get_last_proc_stream_id(session), HTTP2ErrorCode.noError.rawValue, nil, 0)
  }

  /// Lets go of what only a busy connection needs.
  public override func rest() {
    text.rest()
    super.rest()
  }

  // MARK: What nghttp2 tells

  override func beginSection(_ frame: UnsafePointer<nghttp2_frame>) {
    guard frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST else {
      trailerText = TrailerText(limits: settings.body)
      return
    }
    closedStreams.noteOpened(frame.pointee.hd.stream_id)
    trailerText = nil
    text.begin(limits: settings.head)
  }

  override func addToHead(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
    text.add(name, value)
    if text.isBomb { note(.headerFlood) }
    return !text.isBomb
  }

  override func noteMalformedHead() { text.noteMalformed() }

  override func received(_ frame: UnsafePointer<nghttp2_frame>) -> Bool {
    let head = frame.pointee.hd
    let isLast = head.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
    switch UInt32(head.type) {
    case NGHTTP2_HEADERS.rawValue:
      if frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST {
        begin(head.stream_id, isWhole: isLast)
      } else {
        let trailers = trailerText
        trailerText = nil
        request(head.stream_id)?.didReceiveEnd(trailers: trailers?.lines, error: trailers?.error)
      }
    case NGHTTP2_DATA.rawValue:
      if isLast { request(head.stream_id)?.didReceiveEnd(trailers: nil, error: nil) }
    case NGHTTP2_PING.rawValue:
      if head.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0 { hasEndedGrace = isShuttingDown }
    default: break
    }
    return fault == nil
  }

  override func received(_ bytes: UnsafeRawBufferPointer, of id: Int32) {
    if let stream = stream(id) {
      stream.didReceive(bytes)
    } else {
      nghttp2_session_consume(session, id, bytes.count)
    }
  }

  override func sent(_ frame: UnsafePointer<nghttp2_frame>) {
    guard UInt32(frame.pointee.hd.type) == NGHTTP2_RST_STREAM.rawValue else { return }
    sentReset(frame.pointee.hd.stream_id, frame.pointee.rst_stream.error_code)
  }

  override func sentData() { guardian.noteData() }

  // SAFETY: `begin` alone adopts streams, and they are what the owner gave it.
  private func request(_ id: Int32) -> HTTP2ServerStream? {
    stream(id).map { unsafeDowncast($0, to: HTTP2ServerStream.self) }
  }
}

/// Who an HTTP/2 connection's requests are for.
public protocol HTTP2SessionOwner: AnyObject {
  /// A request's head has come.
  /// - Returns: the stream that gets what follows; nil: the request is refused, and may be sent again.
  func session(_ session: HTTP2ServerSession, didReceive head: HTTP2ServerSession.Head) -> HTTP2ServerStream?
  /// 16 bytes that nobody can foresee.
  func nonce() -> (UInt64, UInt64)
}
