import Bytes
import CNGHTTP2

/// What both sides of an HTTP/2 connection (RFC 9113) have in common: bytes of the peer in, bytes for the peer out, and streams
/// that know their session. The protocol's own rules are nghttp2's; `HTTP2ServerSession` and `HTTP2ClientSession` say what is
/// made of requests and of answers.
///
///     open --`terminate`, the peer breaks the protocol--> GOAWAY --> over
///
/// Fields are written by `FieldEncoder`: nghttp2 is given a stand-in for each section, and what it makes of that is replaced when
/// the frame is written. Bodies go into their frames from where they lie.
///
/// It has no socket and no clock: whoever has calls `receive` and `write`. Belongs to one worker.
public class HTTP2Session {
  public let settings: HTTP2Settings
  // SAFETY: nghttp2's session; made in `init`, freed in `deinit`, used between them by the worker that owns this object.
  let session: OpaquePointer
  /// Where its memory comes from.
  private let blocks = SmallBlocks()
  /// The streams that are open, each knowing its place.
  // SAFETY: held once each, from `adopt` to `close` or `deinit`.
  private final var streams: ContiguousArray<Unmanaged<HTTP2Stream>> = []
  /// The trailer section that is coming in; nil: what comes in is a head.
  final var trailerText: TrailerText?
  /// What nghttp2 said of the frame that it ended the connection for.
  private(set) final var lastError: String?
  /// Where frames go while `write` runs, and how far it may be filled.
  // SAFETY: the parameter of `write`, which stays for as long as that runs.
  private(set) final var sink: Unmanaged<ByteBuffer>?
  private(set) final var sinkLimit = 0
  final var encoder = FieldEncoder()
  /// The section of the HEADERS frame that is about to be written.
  private let section = ByteBuffer(capacity: 64)
  private var hasSection = false

  enum Side { case server, client }

  /// - Returns: nil where there is no memory for it.
  init?(_ side: Side, settings: HTTP2Settings) {
    self.settings = settings
    var made: OpaquePointer?
    guard let rules = HTTP2Rules.shared else { return nil }
    switch side {
    case .server: nghttp2_session_server_new3(&made, rules.callbacks, nil, rules.options, blocks.allocator)
    case .client: nghttp2_session_client_new3(&made, rules.callbacks, nil, rules.options, blocks.allocator)
    }
    guard let made else { return nil }
    session = made
    nghttp2_session_set_user_data(session, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit {
    nghttp2_session_del(session)
    for stream in streams {
      stream._withUnsafeGuaranteedRef { $0.codec = nil }
      stream.release()
    }
  }

  /// Says what the peer is held to (RFC 9113 § 6.5.2).
  final func send(settings values: KeyValuePairs<nghttp2_settings_id, Int>) {
    let entries = values.map {
      nghttp2_settings_entry(settings_id: Int32($0.key.rawValue), value: UInt32(clamping: $0.value))
    }
    nghttp2_submit_settings(session, 0, entries, entries.count)
    nghttp2_session_set_local_window_size(session, 0, 0, Int32(clamping: settings.connectionWindow))
  }

  // MARK: Bytes

  /// Gives nghttp2 bytes of the peer.
  /// - Returns: what is wrong with them; 0: nothing.
  final func take(_ bytes: UnsafeRawBufferPointer) -> Int32 {
    let result = nghttp2_session_mem_recv(session, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
    return result < 0 ? Int32(clamping: result) : 0
  }

  /// Puts what is to be sent behind what is in `out`, by whole frames, until there are `limit` bytes or more.
  public final func write(into out: ByteBuffer, limit: Int) {
    sink = .passUnretained(out)
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

  /// Whether `write` has something to give.
  public final var hasOutput: Bool { nghttp2_session_want_write(session) != 0 }
  /// Whether neither side has anything more to say.
  public final var isOver: Bool {
    nghttp2_session_want_read(session) == 0 && nghttp2_session_want_write(session) == 0
  }
  public final var hasStreams: Bool { !streams.isEmpty }
  public final var streamCount: Int { streams.count }

  /// Lets go of what only a busy connection needs.
  public func rest() {
    if streams.isEmpty { streams = [] }
    blocks.trim()
  }

  // MARK: Sections

  /// A HEADERS frame is about to be written: its section takes the place of the one that nghttp2 has made.
  /// - Returns: false where there is none any more: then there is no frame either.
  final func prepare(headersOf id: Int32) -> Bool {
    section.clear()
    hasSection = stream(id)?.writeSection(by: &encoder, into: section) ?? false
    return hasSection
  }

  /// Writes the prepared section in HEADERS, and CONTINUATION where it takes more than one frame (RFC 9113 § 4.3).
  private func writeSection(behind frame: UnsafeRawBufferPointer, into out: ByteBuffer) {
    hasSection = false
    // What every peer takes.
    let most = 16_384
    var type = frame[3]
    var isFirst = true
    repeat {
      let count = min(section.count, most)
      let isLast = count == section.count
      let end = isFirst ? frame[4] & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) : 0
      out.reserve(9 &+ count)
      let head = out.writable
      head.storeBytes(of: UInt32(truncatingIfNeeded: count &<< 8 | Int(type)).bigEndian, as: UInt32.self)
      head[4] = end | (isLast ? UInt8(NGHTTP2_FLAG_END_HEADERS.rawValue) : 0)
      head.storeBytes(of: frame.loadUnaligned(fromByteOffset: 5, as: UInt32.self), toByteOffset: 5, as: UInt32.self)
      out.didWrite(9)
      out.write(UnsafeRawBufferPointer(rebasing: section.readable[..<count]))
      section.consume(count)
      type = UInt8(NGHTTP2_CONTINUATION.rawValue)
      isFirst = false
    } while !section.isEmpty
  }

  /// The body of a stream has been taken whole, and fields follow it.
  final func sendTrailers(_ stream: HTTP2Stream) {
    HTTP2StandIn.status.use { _ = nghttp2_submit_trailer(session, stream.id, $0, 1) }
  }

  // MARK: Streams

  /// Holds a stream until it is closed. nghttp2 has been given it as user data.
  final func adopt(_ stream: HTTP2Stream) {
    stream.codec = self
    stream.index = streams.count
    streams.append(.passRetained(stream))
  }

  final func stream(_ id: Int32) -> HTTP2Stream? {
    guard let pointer = nghttp2_session_get_stream_user_data(session, id) else { return nil }
    // SAFETY: given to nghttp2 for a stream that `streams` holds, and taken away by `close` before it lets go of it.
    return Unmanaged<HTTP2Stream>.fromOpaque(pointer).takeUnretainedValue()
  }

  /// A stream is over.
  final func close(_ stream: HTTP2Stream, _ code: UInt32) {
    guard stream.codec === self else { return }
    nghttp2_session_set_stream_user_data(session, stream.id, nil)
    stream.codec = nil
    stream.isClosed = true
    stream.takeBack()
    let last = streams.removeLast()
    if stream.index < streams.count {
      streams[stream.index] = last
      last._withUnsafeGuaranteedRef { $0.index = stream.index }
    }
    stream.didClose(code)
    // Whoever called holds it, too.
    Unmanaged.passUnretained(stream).release()
  }

  /// The connection is lost: ends every stream.
  public final func closeStreams() {
    while let stream = streams.last { close(stream.takeUnretainedValue(), HTTP2ErrorCode.cancel.rawValue) }
  }

  /// Asks again for the body of a stream that had nothing to send.
  public final func resume(_ stream: HTTP2Stream) {
    guard stream.isDeferred, stream.codec === self else { return }
    stream.isDeferred = false
    nghttp2_session_resume_data(session, stream.id)
  }

  /// Ends a stream before its time.
  public final func reset(_ stream: HTTP2Stream, _ code: HTTP2ErrorCode) {
    guard stream.codec === self else { return }
    stream.takeBack()
    nghttp2_submit_rst_stream(session, 0, stream.id, code.rawValue)
  }

  /// Ends the connection once GOAWAY has been sent.
  public func terminate(_ code: HTTP2ErrorCode) { nghttp2_session_terminate_session(session, code.rawValue) }

  // MARK: What nghttp2 tells

  /// Fields begin to come in.
  func beginSection(_ frame: UnsafePointer<nghttp2_frame>) {}

  /// The next field of a head.
  /// - Returns: false where the rest of them is not worth looking at.
  func addToHead(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool { false }

  /// One of a head's fields is wrong by the protocol's own rules.
  func noteMalformedHead() {}

  /// A section is not worth looking at any more; its stream is reset.
  func giveUpSection(of id: Int32) {}

  /// A frame has come that is right; of a body, its last.
  /// - Returns: whether the connection goes on.
  func received(_ frame: UnsafePointer<nghttp2_frame>) -> Bool { true }

  /// A frame has come that is wrong for its stream.
  func receivedInvalid(_ frame: UnsafePointer<nghttp2_frame>, _ code: Int32) {}

  /// Bytes of a body have come.
  func received(_ bytes: UnsafeRawBufferPointer, of id: Int32) {}

  /// A frame has been written.
  func sent(_ frame: UnsafePointer<nghttp2_frame>) {}

  /// So has a part of a body.
  func sentData() {}

  /// Takes the next field of a section.
  /// - Returns: as `addToHead`.
  final func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) -> Bool {
    guard trailerText == nil else { return trailerText?.add(name, value) ?? true }
    return addToHead(name, value)
  }

  final func noteInvalidField() {
    if trailerText != nil { trailerText?.noteMalformed() } else { noteMalformedHead() }
  }

  final func noteError(_ text: String) { if lastError == nil { lastError = text } }
}
