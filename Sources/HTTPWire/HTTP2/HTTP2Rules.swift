import Bytes
import CNGHTTP2

/// nghttp2's options and callbacks, which all sessions share, whichever side they are: made once, never changed.
// SAFETY: both are only read after `init`, which Swift runs once; nghttp2 copies what it needs of them.
final class HTTP2Rules: @unchecked Sendable {
  static let shared = HTTP2Rules()

  let callbacks: OpaquePointer
  let options: OpaquePointer

  private init?() {
    var callbacks: OpaquePointer?
    var options: OpaquePointer?
    guard nghttp2_session_callbacks_new(&callbacks) == 0, let callbacks, nghttp2_option_new(&options) == 0, let options
    else { return nil }
    self.callbacks = callbacks
    self.options = options
    // The peer may send more of a body when it has been consumed, not when it has come.
    nghttp2_option_set_no_auto_window_update(options, 1)
    nghttp2_option_set_no_closed_streams(options, 1)
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, beginHeaders)
    nghttp2_session_callbacks_set_on_header_callback(callbacks, header)
    nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, invalidHeader)
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, receivedFrame)
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, receivedInvalidFrame)
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, receivedData)
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, closedStream)
    nghttp2_session_callbacks_set_send_data_callback(callbacks, sendData)
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, sentFrame)
    nghttp2_session_callbacks_set_before_frame_send_callback(callbacks, beforeFrame)
    nghttp2_session_callbacks_set_error_callback2(callbacks, noteError)
  }

  /// What a body is sent with.
  static func provider(for stream: HTTP2Stream) -> nghttp2_data_provider {
    nghttp2_data_provider(
      source: nghttp2_data_source(ptr: Unmanaged.passUnretained(stream).toOpaque()), read_callback: readData)
  }
}

/// What nghttp2 is given for a section of fields: one that takes a byte. What it makes of it is replaced by what `FieldEncoder` has
/// made, so that fields are neither copied nor looked up twice; its own table stays empty.
///
/// Of a request it looks at the method, which says what kind of answer is right.
enum HTTP2StandIn {
  case status, get, head, connect

  func use<Result>(_ body: (UnsafePointer<nghttp2_nv>) -> Result) -> Result {
    let (name, value): (StaticString, StaticString) =
      switch self {
      case .status: (":status", "200")
      case .get: (":method", "GET")
      case .head: (":method", "HEAD")
      case .connect: (":method", "CONNECT")
      }
    // nghttp2 only reads through both.
    var field = nghttp2_nv(
      name: UnsafeMutablePointer(mutating: name.utf8Start), value: UnsafeMutablePointer(mutating: value.utf8Start),
      namelen: name.utf8CodeUnitCount, valuelen: value.utf8CodeUnitCount,
      flags: UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue))
    return withUnsafePointer(to: &field, body)
  }
}

/// The session that nghttp2 calls for; no reference is counted.
@inline(__always)
private func with<Result>(
  _ pointer: UnsafeMutableRawPointer?, otherwise: Result, _ body: (HTTP2Session) -> Result
) -> Result {
  guard let pointer else { return otherwise }
  // SAFETY: `HTTP2Session.init` gave itself as user data; nghttp2 calls only from calls that its methods make.
  return Unmanaged<HTTP2Session>.fromOpaque(pointer)._withUnsafeGuaranteedRef(body)
}

/// The stream whose body nghttp2 asks for; no reference is counted.
@inline(__always)
private func with<Result>(_ pointer: UnsafeMutableRawPointer, _ body: (HTTP2Stream) -> Result) -> Result {
  // SAFETY: the session holds every stream that nghttp2 has open, and closes none from here.
  Unmanaged<HTTP2Stream>.fromOpaque(pointer)._withUnsafeGuaranteedRef(body)
}

private let carryOn: Int32 = 0
private let stop = NGHTTP2_ERR_CALLBACK_FAILURE.rawValue
/// The stream is reset.
private let giveUp = NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue

// MARK: Received

private let beginHeaders: nghttp2_on_begin_headers_callback = { _, frame, user in
  guard let frame else { return carryOn }
  with(user, otherwise: ()) { $0.beginSection(frame) }
  return carryOn
}

private let header: nghttp2_on_header_callback = { _, frame, name, nameCount, value, valueCount, _, user in
  guard let frame else { return carryOn }
  return with(user, otherwise: carryOn) {
    let isWorthIt = $0.add(
      UnsafeRawBufferPointer(start: name, count: nameCount), UnsafeRawBufferPointer(start: value, count: valueCount))
    if isWorthIt { return carryOn }
    // What is left of its fields is decoded, and nothing more.
    $0.giveUpSection(of: frame.pointee.hd.stream_id)
    return giveUp
  }
}

private let invalidHeader: nghttp2_on_invalid_header_callback = { _, _, _, _, _, _, _, user in
  with(user, otherwise: ()) { $0.noteInvalidField() }
  return carryOn
}

private let receivedFrame: nghttp2_on_frame_recv_callback = { _, frame, user in
  guard let frame else { return carryOn }
  return with(user, otherwise: carryOn) { $0.received(frame) ? carryOn : stop }
}

private let receivedInvalidFrame: nghttp2_on_invalid_frame_recv_callback = { _, frame, code, user in
  guard let frame else { return carryOn }
  with(user, otherwise: ()) { $0.receivedInvalid(frame, code) }
  return carryOn
}

private let receivedData: nghttp2_on_data_chunk_recv_callback = { _, _, id, bytes, count, user in
  with(user, otherwise: ()) { $0.received(UnsafeRawBufferPointer(start: bytes, count: count), of: id) }
  return carryOn
}

private let closedStream: nghttp2_on_stream_close_callback = { _, id, code, user in
  with(user, otherwise: ()) { session in
    if let stream = session.stream(id) { session.close(stream, code) }
  }
  return carryOn
}

private let noteError: nghttp2_error_callback2 = { _, _, text, count, user in
  guard let text else { return carryOn }
  with(user, otherwise: ()) { $0.noteError(UnsafeRawBufferPointer(start: text, count: count).text) }
  return carryOn
}

// MARK: Sent

private let beforeFrame: nghttp2_before_frame_send_callback = { _, frame, user in
  guard let head = frame?.pointee.hd, UInt32(head.type) == NGHTTP2_HEADERS.rawValue else { return carryOn }
  return with(user, otherwise: carryOn) {
    $0.prepare(headersOf: head.stream_id) ? carryOn : NGHTTP2_ERR_CANCEL.rawValue
  }
}

private let sentFrame: nghttp2_on_frame_send_callback = { _, frame, user in
  guard let frame else { return carryOn }
  with(user, otherwise: ()) { $0.sent(frame) }
  return carryOn
}

private let readData: nghttp2_data_source_read_callback = { _, _, _, room, flags, source, user in
  guard let pointer = source?.pointee.ptr, let flags else { return Int(giveUp) }
  return with(pointer) { stream in
    let waiting = stream.waitingCount
    if waiting == 0, !stream.isEnding {
      stream.isDeferred = true
      return Int(NGHTTP2_ERR_DEFERRED.rawValue)
    }
    let count = min(room, waiting)
    flags.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
    if stream.isEnding, count == waiting {
      flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
      if stream.trailingLines != nil {
        flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
        with(user, otherwise: ()) { $0.sendTrailers(stream) }
      }
    }
    return count
  }
}

private let sendData: nghttp2_send_data_callback = { _, _, frameHead, count, source, user in
  guard let pointer = source?.pointee.ptr, let frameHead else { return giveUp }
  return with(user, otherwise: giveUp) { session in
    session.sink?._withUnsafeGuaranteedRef { sink -> Int32 in
      if sink.count >= session.sinkLimit { return NGHTTP2_ERR_WOULDBLOCK.rawValue }
      return with(pointer) { stream in
        // What was to be sent when the frame was begun cannot have become less but by `takeBack`, which ends the stream.
        guard stream.waitingCount >= count else { return giveUp }
        sink.reserve(count &+ 9)
        let start = sink.writeIndex
        sink.write(UnsafeRawBufferPointer(start: frameHead, count: 9))
        guard stream.take(count, into: sink) else {
          sink.writeIndex = start
          return giveUp
        }
        if stream.waitingCount == 0 { stream.didDrain() }
        session.sentData()
        return carryOn
      }
    } ?? giveUp
  }
}
