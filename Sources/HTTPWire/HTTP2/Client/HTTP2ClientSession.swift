import Bytes
import CNGHTTP2
import HTTPSemantics

/// Our side of one HTTP/2 connection to an origin (RFC 9113): requests in, bytes for the origin out; bytes of the origin in,
/// answers out. The protocol's own rules are nghttp2's.
///
///     open --GOAWAY received, `terminate`--> ending --every answer is whole--> over
///       |----the origin breaks the protocol: `fault`--> GOAWAY --> over
///
/// What an origin sends of one body waits with its stream until it is consumed, and the origin may send no more than a
/// window of it. The connection's own window is opened as bytes come: an answer that nobody reads stops itself, and no other.
///
/// It has no socket and no clock: `receive` and `write` are called by who has.
public final class HTTP2ClientSession {
  public let settings: HTTP2Settings
  // SAFETY: nghttp2's session; made in `init`, freed in `deinit`, used between them by the worker that owns this object.
  let session: OpaquePointer
  /// The streams that are open, each knowing its place.
  public private(set) var streams: ContiguousArray<HTTP2ClientStream> = []
  /// How the origin broke the protocol, as nghttp2 says it; nil: it has not.
  public private(set) var fault: String?
  /// What the fields of the section become that is coming in.
  let text = ResponseText()
  var trailerText: TrailerText?
  private var lastError: String?
  private var isTerminated = false

  /// - Parameter settings: `concurrentStreams` are those that we open at most.
  /// - Returns: nil where there is no memory for it.
  public init?(settings: HTTP2Settings) {
    self.settings = settings
    var made: OpaquePointer?
    guard let rules = HTTP2ClientRules.shared,
      nghttp2_session_client_new2(&made, rules.callbacks, nil, rules.options) == 0, let made
    else { return nil }
    session = made
    nghttp2_session_set_user_data(session, Unmanaged.passUnretained(self).toOpaque())
    func entry(_ id: nghttp2_settings_id, _ value: Int) -> nghttp2_settings_entry {
      nghttp2_settings_entry(settings_id: Int32(id.rawValue), value: UInt32(clamping: value))
    }
    let entries = [
      entry(NGHTTP2_SETTINGS_ENABLE_PUSH, 0),
      entry(NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, settings.streamWindow),
      entry(NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, settings.head.headBytes),
    ]
    nghttp2_submit_settings(session, 0, entries, entries.count)
    nghttp2_session_set_local_window_size(session, 0, 0, Int32(clamping: settings.connectionWindow))
  }

  deinit { nghttp2_session_del(session) }

  // MARK: Bytes

  /// Takes bytes of the origin. Where they break the protocol, the session is over when `write` has said so.
  public func receive(_ bytes: UnsafeRawBufferPointer) {
    guard fault == nil else { return }
    let result = nghttp2_session_mem_recv(
      session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    if result < 0 {
      note(fault: String(cString: nghttp2_strerror(Int32(clamping: result))))
      terminate(.protocolError)
    }
  }

  private func note(fault words: String) { if fault == nil { fault = lastError ?? words } }

  /// nghttp2 tells the origin that the connection ends, and why.
  func sentGoAway(_ code: UInt32) {
    if code != 0 { note(fault: String(cString: nghttp2_http2_strerror(code))) }
  }

  /// Puts what is to be sent behind what is in `out`, by whole frames, until there are `limit` bytes or more.
  public func write(into out: ByteBuffer, limit: Int) {
    while out.count < limit {
      var bytes: UnsafePointer<UInt8>?
      let count = nghttp2_session_mem_send(session, &bytes)
      guard count > 0, let bytes else { return }
      out.write(UnsafeRawBufferPointer(start: bytes, count: count))
    }
  }

  /// Whether `write` has something to give.
  public var hasOutput: Bool { nghttp2_session_want_write(session) != 0 }
  /// Whether neither side has anything more to say.
  public var isOver: Bool { nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0 }
  public var hasStreams: Bool { !streams.isEmpty }

  /// Whether the origin takes another request now.
  public var mayOpen: Bool {
    let theirs = nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS)
    return isOpen && streams.count < min(settings.concurrentStreams, Int(theirs))
  }

  /// Whether the origin will take requests at all.
  public var isOpen: Bool {
    !isTerminated && fault == nil && nghttp2_session_check_request_allowed(session) != 0
  }

  // MARK: Requests

  /// Sends a request's head.
  /// - Parameters:
  ///   - text: the head as HTTP/1.1 writes it, and perhaps a body behind it, which is not looked at.
  ///   - acceptsTrailers: whether the one that the answer is for takes trailers.
  ///   - streams: whether `lend` and `end` follow; they do, too, where a body stands behind the head.
  /// - Returns: bytes of the head; nil where it cannot be sent.
  public func open(
    _ stream: HTTP2ClientStream, with text: UnsafeRawBufferPointer, isSecure: Bool, acceptsTrailers: Bool, streams: Bool
  ) -> Int? {
    guard isOpen, let head = RequestFields(text, isSecure: isSecure, acceptsTrailers: acceptsTrailers) else {
      return nil
    }
    let pointer = Unmanaged.passUnretained(stream).toOpaque()
    let id = head.fields.withUnsafeBufferPointer { fields in
      guard streams || head.byteCount < text.count else {
        return nghttp2_submit_request(session, nil, fields.baseAddress, fields.count, nil, pointer)
      }
      var provider = HTTP2ClientRules.provider
      provider.source.ptr = pointer
      return nghttp2_submit_request(session, nil, fields.baseAddress, fields.count, &provider, pointer)
    }
    guard id > 0 else { return nil }
    stream.id = id
    stream.session = self
    stream.index = self.streams.count
    self.streams.append(stream)
    return head.byteCount
  }

  /// Asks again for the body of a stream that had nothing to send.
  public func resume(_ stream: HTTP2ClientStream) {
    guard stream.isDeferred, stream.session === self else { return }
    stream.isDeferred = false
    nghttp2_session_resume_data(session, stream.id)
  }

  func sendTrailers(_ stream: HTTP2ClientStream, _ lines: ByteBuffer) {
    RequestFields(trailers: lines).fields.withUnsafeBufferPointer { fields in
      _ = nghttp2_submit_trailer(session, stream.id, fields.baseAddress, fields.count)
    }
  }

  /// Bytes of an answer's body are needed no longer: the origin may send as many more.
  public func consume(_ stream: HTTP2ClientStream, _ count: Int) {
    guard count > 0, stream.session === self else { return }
    nghttp2_session_consume_stream(session, stream.id, count)
  }

  /// Ends a stream before its time.
  public func reset(_ stream: HTTP2ClientStream, _ code: HTTP2ErrorCode) {
    guard stream.session === self else { return }
    stream.takeBack()
    nghttp2_submit_rst_stream(session, 0, stream.id, code.rawValue)
  }

  // MARK: Ends

  /// Opens no more streams, and ends the connection once GOAWAY has been sent.
  public func terminate(_ code: HTTP2ErrorCode) {
    guard !isTerminated else { return }
    isTerminated = true
    nghttp2_session_terminate_session(session, code.rawValue)
  }

  /// The connection is lost: ends every stream.
  public func closeStreams() {
    while let stream = streams.last { close(stream, HTTP2ErrorCode.cancel.rawValue) }
  }

  func stream(_ id: Int32) -> HTTP2ClientStream? {
    guard let pointer = nghttp2_session_get_stream_user_data(session, id) else { return nil }
    // SAFETY: given by `open` for a stream that `streams` holds, and taken away by `close` before it lets go of it.
    return Unmanaged<HTTP2ClientStream>.fromOpaque(pointer).takeUnretainedValue()
  }

  func close(_ stream: HTTP2ClientStream, _ code: UInt32) {
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

  // MARK: Received

  /// Fields begin that belong to a stream.
  func beginSection(_ stream: HTTP2ClientStream?) {
    trailerText = nil
    if stream?.hasFinalHead ?? false {
      trailerText = TrailerText(limits: settings.body)
    } else {
      text.begin(limits: settings.head)
    }
  }

  /// Takes the next field.
  /// - Returns: false where the rest of them is not worth looking at.
  func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
    trailerText != nil ? trailerText?.add(name, value) ?? true : text.add(name, value)
  }

  func noteInvalidField() {
    if trailerText != nil { trailerText?.noteMalformed() } else { text.noteMalformed() }
  }

  /// The rest of a section is not worth looking at: the stream is reset.
  func giveUpSection(_ stream: HTTP2ClientStream?) {
    stream?.flaw = .malformed((trailerText != nil ? trailerText?.error : text.error) ?? .malformedFieldName)
  }

  /// A section has come whole.
  func endSection(_ stream: HTTP2ClientStream, isLast: Bool) {
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

  /// What has come of an answer will not do.
  public func refuse(_ stream: HTTP2ClientStream, _ error: WireError) {
    stream.flaw = .malformed(error)
    reset(stream, .protocolError)
  }

  /// What nghttp2 has to say of a frame that ends the connection.
  func noteError(_ text: String) { if lastError == nil { lastError = text } }
}
