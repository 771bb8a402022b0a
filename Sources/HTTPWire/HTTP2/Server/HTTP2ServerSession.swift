import Bytes
import CNGHTTP2
import HTTPSemantics

/// The server's side of one HTTP/2 connection (RFC 9113): bytes of the client in, requests out; responses in, bytes for
/// the client out. The protocol's own rules are nghttp2's; what is ours is which requests are taken, what they become
/// (`RequestText`), how much the peer may cost (`FloodGuard`), and that a body is asked for only as it is consumed.
///
///     open --GOAWAY announced (`beginShutdown`)--> ending --every stream answered--> over
///       |----error, flood (`fault`), terminate--> GOAWAY --> over
///
/// It has no socket and no clock: `receive` and `write` are called by who has.
public final class HTTP2ServerSession {
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

  public let settings: HTTP2Settings
  /// Who is told of requests. It holds the session.
  unowned let owner: any HTTP2SessionOwner
  // SAFETY: nghttp2's session; made in `init`, freed in `deinit`, used between them by the worker that owns this object.
  let session: OpaquePointer
  /// Where its memory comes from.
  private let blocks = SmallBlocks()
  /// The streams that the client has open, each knowing its place.
  private(set) var streams: ContiguousArray<HTTP2ServerStream> = []
  /// Where frames go while `write` runs, and how far it may be filled.
  var sink: ByteBuffer?
  var sinkLimit = 0
  var text: RequestText?
  /// Which stream the fields belong to that are coming in.
  var trailerText: TrailerText?
  var guardian = FloodGuard()
  var closedStreams = ClosedStreams()
  private var scanner = FrameScanner()
  /// Milliseconds of the owner's clock.
  var now: Int64 = 0
  public internal(set) var fault: Fault?
  /// What nghttp2 said of the frame that it ended the connection for.
  var lastError: String?
  private var encoder = FieldEncoder()
  /// The section of the HEADERS frame that is about to be written.
  private let section = ByteBuffer(capacity: 64)
  private var hasSection = false
  private var isShuttingDown = false
  /// Whether the client has heard of the shutdown: what it sent before that has come.
  public private(set) var hasEndedGrace = false

  /// - Returns: nil where there is no memory for it.
  public init?(settings: HTTP2Settings, owner: any HTTP2SessionOwner) {
    self.settings = settings
    self.owner = owner
    var made: OpaquePointer?
    guard let rules = HTTP2Rules.shared,
      nghttp2_session_server_new3(&made, rules.callbacks, nil, rules.options, blocks.allocator) == 0, let made
    else { return nil }
    session = made
    nghttp2_session_set_user_data(session, Unmanaged.passUnretained(self).toOpaque())
    sendSettings()
  }

  deinit { nghttp2_session_del(session) }

  private func sendSettings() {
    func entry(_ id: nghttp2_settings_id, _ value: Int) -> nghttp2_settings_entry {
      nghttp2_settings_entry(settings_id: Int32(id.rawValue), value: UInt32(clamping: value))
    }
    let entries = [
      entry(NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, settings.concurrentStreams),
      entry(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, settings.streamWindow),
      entry(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, settings.head.headBytes),
      entry(NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL, 1),
      entry(NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1),
    ]
    nghttp2_submit_settings(session, 0, entries, entries.count)
    nghttp2_session_set_local_window_size(session, 0, 0, Int32(clamping: settings.connectionWindow))
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
        // Whether its stream is still open depends on the frames before it.
        take(bytes[taken..<at])
        check(frame)
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
    let bytes = UnsafeRawBufferPointer(rebasing: bytes)
    let result = nghttp2_session_mem_recv(
      session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    if result < 0, fault == nil { fault = fault(of: Int32(clamping: result)) }
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

  /// Puts what is to be sent behind what is in `out`, by whole frames, until there are `limit` bytes or more.
  public func write(into out: ByteBuffer, limit: Int) {
    sink = out
    sinkLimit = limit
    defer { sink = nil }
    while out.count < limit {
      var bytes: UnsafePointer<UInt8>?
      let count = nghttp2_session_mem_send(session, &bytes)
      guard count > 0, let bytes else { return }
      let frame = UnsafeRawBufferPointer(start: bytes, count: count)
      if hasSection, count > 9, frame[3] == UInt8(NGHTTP2_HEADERS.rawValue) {
        writeSection(behind: frame, into: out)
      } else {
        out.write(frame)
      }
    }
  }

  /// A HEADERS frame is about to be written: its section takes the place of the one that nghttp2 has made.
  func prepare(headersOf id: Int32) {
    section.clear()
    hasSection = stream(id)?.takeSection(into: section) ?? false
  }

  /// Writes a section in HEADERS, and CONTINUATION where it takes more than one frame (RFC 9113 § 4.3).
  private func writeSection(behind frame: UnsafeRawBufferPointer, into out: ByteBuffer) {
    hasSection = false
    // What every peer takes.
    let most = 16_384
    var type = frame[3]
    var isFirst = true
    repeat {
      let count = min(section.count, most)
      let isLast = count == section.count
      for shift in [16, 8, 0] { out.write(byte: UInt8(truncatingIfNeeded: count &>> shift)) }
      out.write(byte: type)
      let end = isFirst ? frame[4] & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) : 0
      out.write(byte: end | (isLast ? UInt8(NGHTTP2_FLAG_END_HEADERS.rawValue) : 0))
      out.write(UnsafeRawBufferPointer(rebasing: frame[5..<9]))
      out.write(UnsafeRawBufferPointer(rebasing: section.readable[..<count]))
      section.consume(count)
      type = UInt8(NGHTTP2_CONTINUATION.rawValue)
      isFirst = false
    } while !section.isEmpty
  }

  /// Whether `write` has something to give.
  public var hasOutput: Bool { nghttp2_session_want_write(session) != 0 }
  /// Whether neither side has anything more to say.
  public var isOver: Bool { nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0 }
  public var hasStreams: Bool { !streams.isEmpty }
  /// Bytes that the peer would still take of all streams together (RFC 9113 § 5.2).
  public var remoteWindow: Int { Int(nghttp2_session_get_remote_window_size(session)) }

  // MARK: Streams

  func adopt(_ stream: HTTP2ServerStream) {
    stream.session = self
    stream.index = streams.count
    streams.append(stream)
    nghttp2_session_set_stream_user_data(session, stream.id, Unmanaged.passUnretained(stream).toOpaque())
  }

  func stream(_ id: Int32) -> HTTP2ServerStream? {
    guard let pointer = nghttp2_session_get_stream_user_data(session, id) else { return nil }
    // SAFETY: set by `adopt` to a stream that `streams` holds, and taken away by `close` before it lets go of it.
    return Unmanaged<HTTP2ServerStream>.fromOpaque(pointer).takeUnretainedValue()
  }

  func close(_ stream: HTTP2ServerStream, _ code: UInt32) {
    guard stream.session === self else { return }
    nghttp2_session_set_stream_user_data(session, stream.id, nil)
    stream.session = nil
    stream.isClosed = true
    stream.takeBack()
    streams.swapAt(stream.index, streams.count - 1)
    streams[stream.index].index = stream.index
    streams.removeLast()
    stream.didClose(code)
  }

  /// The connection is lost: ends every stream.
  public func closeStreams() {
    while let stream = streams.last { close(stream, HTTP2ErrorCode.cancel.rawValue) }
  }

  // MARK: Responses

  /// Sends an interim response (RFC 9110 § 15.2).
  /// - Parameter fields: a field block: lines `Name: value CRLF`.
  public func sendInterim(_ stream: HTTP2ServerStream, status: Int, fields: UnsafeRawBufferPointer) {
    guard !stream.isClosed, !stream.hasResponded else { return }
    addSection(to: stream) { encoder, out in
      encoder.write(status: status, into: out)
      encoder.write(block: fields, into: out)
    }
    HTTP2Rules.withStandIn { _ = nghttp2_submit_headers(session, 0, stream.id, nil, $0, 1, nil) }
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
    HTTP2Rules.withStandIn { standIn in
      guard hasBody else {
        _ = nghttp2_submit_response(session, stream.id, standIn, 1, nil)
        return
      }
      var provider = HTTP2Rules.provider
      provider.source.ptr = Unmanaged.passUnretained(stream).toOpaque()
      _ = nghttp2_submit_response(session, stream.id, standIn, 1, &provider)
    }
  }

  /// Asks again for the body of a stream that had nothing to send.
  public func resume(_ stream: HTTP2ServerStream) {
    guard stream.isDeferred, !stream.isClosed else { return }
    stream.isDeferred = false
    nghttp2_session_resume_data(session, stream.id)
  }

  /// Ends a stream before its time.
  public func reset(_ stream: HTTP2ServerStream, _ code: HTTP2ErrorCode) {
    guard !stream.isClosed else { return }
    stream.takeBack()
    nghttp2_submit_rst_stream(session, 0, stream.id, code.rawValue)
  }

  func sendTrailers(_ stream: HTTP2ServerStream, _ lines: ByteBuffer) {
    addSection(to: stream) { encoder, out in encoder.write(block: lines.readable, into: out) }
    HTTP2Rules.withStandIn { _ = nghttp2_submit_trailer(session, stream.id, $0, 1) }
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

  /// Ends the connection once GOAWAY has been sent.
  public func terminate(_ code: HTTP2ErrorCode) { nghttp2_session_terminate_session(session, code.rawValue) }

  func receivedPong() { hasEndedGrace = isShuttingDown }

  /// Lets go of what only a busy connection needs.
  public func rest() {
    text = nil
    if streams.isEmpty { streams = [] }
    blocks.trim()
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
