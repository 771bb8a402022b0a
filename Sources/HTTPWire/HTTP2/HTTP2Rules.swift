import Bytes
import CNGHTTP2

/// nghttp2's options and callbacks, which all sessions share: made once, never changed.
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
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, receivedData)
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, closedStream)
    nghttp2_session_callbacks_set_send_data_callback(callbacks, sendData)
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, sentFrame)
    nghttp2_session_callbacks_set_before_frame_send_callback(callbacks, beforeFrame)
    nghttp2_session_callbacks_set_error_callback2(callbacks, noteError)
  }

  /// What nghttp2 is given for a section of fields: one that takes a byte. What it makes of it is replaced by what
  /// `FieldEncoder` has made, so that fields are neither copied nor looked up twice; its own table stays empty.
  static func withStandIn(_ body: (UnsafePointer<nghttp2_nv>) -> Void) {
    let (name, value): (StaticString, StaticString) = (":status", "200")
    var field = nghttp2_nv(
      name: UnsafeMutablePointer(mutating: name.utf8Start), value: UnsafeMutablePointer(mutating: value.utf8Start),
      namelen: name.utf8CodeUnitCount, valuelen: value.utf8CodeUnitCount,
      flags: UInt8(NGHTTP2_NV_FLAG_NO_COPY_NAME.rawValue | NGHTTP2_NV_FLAG_NO_COPY_VALUE.rawValue))
    withUnsafePointer(to: &field, body)
  }

  /// What a stream with a body is answered with, but for the stream.
  static var provider: nghttp2_data_provider {
    nghttp2_data_provider(source: nghttp2_data_source(ptr: nil), read_callback: readData)
  }
}

/// The session that nghttp2 calls for.
private func session(_ pointer: UnsafeMutableRawPointer?) -> HTTP2ServerSession? {
  // SAFETY: `HTTP2ServerSession.init` gave itself as user data; nghttp2 calls only from calls that its methods make.
  pointer.map { Unmanaged<HTTP2ServerSession>.fromOpaque($0).takeUnretainedValue() }
}

/// The same for callbacks that every request makes: no reference is counted.
@inline(__always)
private func withSession(_ pointer: UnsafeMutableRawPointer?, _ body: (HTTP2ServerSession) -> Int32) -> Int32 {
  guard let pointer else { return carryOn }
  return Unmanaged<HTTP2ServerSession>.fromOpaque(pointer)._withUnsafeGuaranteedRef(body)
}

private let carryOn: Int32 = 0
private let stop = NGHTTP2_ERR_CALLBACK_FAILURE.rawValue

// MARK: Received

private let beginHeaders: nghttp2_on_begin_headers_callback = { _, frame, user in
  guard let frame, let session = session(user) else { return carryOn }
  if frame.pointee.headers.cat == NGHTTP2_HCAT_REQUEST {
    session.closedStreams.noteOpened(frame.pointee.hd.stream_id)
    session.beginHead()
  } else {
    session.trailerText = TrailerText(limits: session.settings.body)
  }
  return carryOn
}

private let header: nghttp2_on_header_callback = { _, frame, name, nameCount, value, valueCount, _, user in
  withSession(user) {
    let isWorthIt = $0.add(
      UnsafeRawBufferPointer(start: name, count: nameCount), UnsafeRawBufferPointer(start: value, count: valueCount))
    // The stream is reset then; what is left of its fields is decoded, and nothing more.
    return isWorthIt ? carryOn : NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
  }
}

private let invalidHeader: nghttp2_on_invalid_header_callback = { _, _, _, _, _, _, _, user in
  session(user)?.noteInvalidField()
  return carryOn
}

private let receivedFrame: nghttp2_on_frame_recv_callback = { _, frame, user in
  guard let frame else { return carryOn }
  return withSession(user) { session in
    session.received(frame.pointee)
    return session.fault == nil ? carryOn : stop
  }
}

private let receivedData: nghttp2_on_data_chunk_recv_callback = { _, _, id, bytes, count, user in
  guard let session = session(user) else { return carryOn }
  if let stream = session.stream(id) {
    stream.didReceive(UnsafeRawBufferPointer(start: bytes, count: count))
  } else {
    nghttp2_session_consume(session.session, id, count)
  }
  return carryOn
}

private let closedStream: nghttp2_on_stream_close_callback = { _, id, code, user in
  guard let session = session(user), let stream = session.stream(id) else { return carryOn }
  session.close(stream, code)
  return carryOn
}

private let noteError: nghttp2_error_callback2 = { _, _, text, count, user in
  guard let text else { return carryOn }
  session(user)?.noteError(UnsafeRawBufferPointer(start: text, count: count).text)
  return carryOn
}

// MARK: Sent

private let beforeFrame: nghttp2_before_frame_send_callback = { _, frame, user in
  guard let head = frame?.pointee.hd, UInt32(head.type) == NGHTTP2_HEADERS.rawValue else { return carryOn }
  return withSession(user) {
    $0.prepare(headersOf: head.stream_id)
    return carryOn
  }
}

private let sentFrame: nghttp2_on_frame_send_callback = { _, frame, user in
  guard let head = frame?.pointee.hd else { return carryOn }
  if UInt32(head.type) == NGHTTP2_RST_STREAM.rawValue, let frame {
    session(user)?.sentReset(head.stream_id, frame.pointee.rst_stream.error_code)
  }
  return carryOn
}

private let readData: nghttp2_data_source_read_callback = { _, _, _, room, flags, source, user in
  guard let pointer = source?.pointee.ptr, let flags, let session = session(user) else {
    return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
  }
  // SAFETY: the session holds every stream that nghttp2 has open.
  let stream = Unmanaged<HTTP2ServerStream>.fromOpaque(pointer).takeUnretainedValue()
  let waiting = stream.waitingCount
  if waiting == 0, !stream.isEnding {
    stream.isDeferred = true
    return Int(NGHTTP2_ERR_DEFERRED.rawValue)
  }
  let count = min(room, waiting)
  flags.pointee |= NGHTTP2_DATA_FLAG_NO_COPY.rawValue
  if stream.isEnding, count == waiting {
    flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
    if let trailers = stream.trailingLines {
      flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
      session.sendTrailers(stream, trailers)
    }
  }
  return count
}

private let sendData: nghttp2_send_data_callback = { _, _, frameHead, count, source, user in
  guard let pointer = source?.pointee.ptr, let frameHead, let session = session(user), let sink = session.sink else {
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
  }
  if sink.count >= session.sinkLimit { return NGHTTP2_ERR_WOULDBLOCK.rawValue }
  // SAFETY: as in `readData`.
  let stream = Unmanaged<HTTP2ServerStream>.fromOpaque(pointer).takeUnretainedValue()
  // What was to be sent when the frame was begun cannot have become less but by `takeBack`, which ends the stream.
  guard stream.waitingCount >= count else { return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue }
  sink.reserve(count &+ 9)
  let start = sink.writeIndex
  sink.write(UnsafeRawBufferPointer(start: frameHead, count: 9))
  guard stream.take(count, into: sink) else {
    sink.writeIndex = start
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
  }
  session.guardian.noteData()
  return carryOn
}
