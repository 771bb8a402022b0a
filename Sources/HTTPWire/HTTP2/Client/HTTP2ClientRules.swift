import Bytes
import CNGHTTP2

/// nghttp2's options and callbacks, which all sessions with origins share: made once, never changed.
// SAFETY: both are only read after `init`, which Swift runs once; nghttp2 copies what it needs of them.
final class HTTP2ClientRules: @unchecked Sendable {
  static let shared = HTTP2ClientRules()

  let callbacks: OpaquePointer
  let options: OpaquePointer

  private init?() {
    var callbacks: OpaquePointer?
    var options: OpaquePointer?
    guard nghttp2_session_callbacks_new(&callbacks) == 0, let callbacks, nghttp2_option_new(&options) == 0, let options
    else { return nil }
    self.callbacks = callbacks
    self.options = options
    // An origin may send more of a body when it has been consumed, not when it has come.
    nghttp2_option_set_no_auto_window_update(options, 1)
    nghttp2_option_set_no_closed_streams(options, 1)
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, beginHeaders)
    nghttp2_session_callbacks_set_on_header_callback(callbacks, header)
    nghttp2_session_callbacks_set_on_invalid_header_callback(callbacks, invalidHeader)
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, receivedFrame)
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, receivedInvalidFrame)
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, receivedData)
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, closedStream)
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, sentFrame)
    nghttp2_session_callbacks_set_error_callback2(callbacks, noteError)
  }

  /// What a request with a body is sent with, but for the stream.
  static var provider: nghttp2_data_provider {
    nghttp2_data_provider(source: nghttp2_data_source(ptr: nil), read_callback: readData)
  }
}

/// The session that nghttp2 calls for.
private func session(_ pointer: UnsafeMutableRawPointer?) -> HTTP2ClientSession? {
  // SAFETY: `HTTP2ClientSession.init` gave itself as user data; nghttp2 calls only from calls that its methods make.
  pointer.map { Unmanaged<HTTP2ClientSession>.fromOpaque($0).takeUnretainedValue() }
}

private let carryOn: Int32 = 0

private let beginHeaders: nghttp2_on_begin_headers_callback = { _, frame, user in
  guard let frame, let session = session(user) else { return carryOn }
  session.beginSection(session.stream(frame.pointee.hd.stream_id))
  return carryOn
}

private let header: nghttp2_on_header_callback = { _, frame, name, nameCount, value, valueCount, _, user in
  guard let frame, let session = session(user) else { return carryOn }
  let isWorthIt = session.add(
    UnsafeRawBufferPointer(start: name, count: nameCount), UnsafeRawBufferPointer(start: value, count: valueCount))
  if isWorthIt { return carryOn }
  // The stream is reset then; what is left of its fields is decoded, and nothing more.
  session.giveUpSection(session.stream(frame.pointee.hd.stream_id))
  return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue
}

private let invalidHeader: nghttp2_on_invalid_header_callback = { _, _, _, _, _, _, _, user in
  session(user)?.noteInvalidField()
  return carryOn
}

private let receivedFrame: nghttp2_on_frame_recv_callback = { _, frame, user in
  guard let head = frame?.pointee.hd, let session = session(user), let stream = session.stream(head.stream_id) else {
    return carryOn
  }
  let isLast = head.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
  switch UInt32(head.type) {
  case NGHTTP2_HEADERS.rawValue: session.endSection(stream, isLast: isLast)
  case NGHTTP2_DATA.rawValue: if isLast { stream.didReceiveEnd(trailers: nil) }
  default: break
  }
  return carryOn
}

private let receivedInvalidFrame: nghttp2_on_invalid_frame_recv_callback = { _, frame, code, user in
  guard let frame, let stream = session(user)?.stream(frame.pointee.hd.stream_id) else { return carryOn }
  if stream.flaw == nil { stream.flaw = .violation(String(cString: nghttp2_strerror(code))) }
  return carryOn
}

private let receivedData: nghttp2_on_data_chunk_recv_callback = { _, _, id, bytes, count, user in
  guard let session = session(user) else { return carryOn }
  nghttp2_session_consume_connection(session.session, count)
  session.stream(id)?.didReceive(UnsafeRawBufferPointer(start: bytes, count: count))
  return carryOn
}

private let closedStream: nghttp2_on_stream_close_callback = { _, id, code, user in
  guard let session = session(user), let stream = session.stream(id) else { return carryOn }
  session.close(stream, code)
  return carryOn
}

private let sentFrame: nghttp2_on_frame_send_callback = { _, frame, user in
  guard let frame, UInt32(frame.pointee.hd.type) == NGHTTP2_GOAWAY.rawValue else { return carryOn }
  session(user)?.sentGoAway(frame.pointee.goaway.error_code)
  return carryOn
}

private let noteError: nghttp2_error_callback2 = { _, _, text, count, user in
  guard let text else { return carryOn }
  session(user)?.noteError(UnsafeRawBufferPointer(start: text, count: count).text)
  return carryOn
}

private let readData: nghttp2_data_source_read_callback = { _, _, room, count, flags, source, user in
  guard let pointer = source?.pointee.ptr, let room, let flags, let session = session(user) else {
    return Int(NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE.rawValue)
  }
  // SAFETY: the session holds every stream that nghttp2 has open.
  let stream = Unmanaged<HTTP2ClientStream>.fromOpaque(pointer).takeUnretainedValue()
  if stream.lent.isEmpty, !stream.isEnding {
    stream.isDeferred = true
    return Int(NGHTTP2_ERR_DEFERRED.rawValue)
  }
  let taken = stream.take(into: UnsafeMutableRawBufferPointer(start: room, count: count))
  if stream.isEnding, stream.lent.isEmpty {
    flags.pointee |= NGHTTP2_DATA_FLAG_EOF.rawValue
    if let trailers = stream.trailingLines {
      flags.pointee |= NGHTTP2_DATA_FLAG_NO_END_STREAM.rawValue
      session.sendTrailers(stream, trailers)
    }
  }
  return taken
}
