import Bytes
import CNGHTTP2
import HTTPSemantics

/// What becomes of the frames that nghttp2 has found right.
extension HTTP2Session {
  // MARK: Floods

  /// A frame's head has come.
  /// - Returns: false where it is one too many.
  func note(frame: nghttp2_frame_hd) -> Bool {
    let kind: FloodGuard.Kind
    switch UInt32(frame.type) {
    case NGHTTP2_DATA.rawValue:
      guard frame.length == 0, frame.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) == 0 else { return true }
      kind = .emptyFrameFlood
    case NGHTTP2_HEADERS.rawValue: return isExpected(frame.stream_id)
    case NGHTTP2_CONTINUATION.rawValue: kind = .continuationFlood
    case NGHTTP2_PRIORITY.rawValue, NGHTTP2_PRIORITY_UPDATE.rawValue: kind = .priorityFlood
    case NGHTTP2_RST_STREAM.rawValue: kind = .resetFlood
    case NGHTTP2_SETTINGS.rawValue: kind = .settingsFlood
    case NGHTTP2_PING.rawValue: kind = .pingFlood
    case NGHTTP2_WINDOW_UPDATE.rawValue: kind = .windowUpdateFlood
    default: kind = .unknownFrameFlood
    }
    return note(kind)
  }

  /// Whether a stream may still get something; if not, that is what is wrong with the connection.
  func isExpected(_ id: Int32) -> Bool {
    switch closedStreams.verdict(id) {
    case .unknown: return true
    case .closed where nghttp2_session_find_stream(session, id) != nil: return true
    case .closed: fault = fault ?? .streamClosed
    case .passedOver: fault = fault ?? .protocolError("invalid stream_id")
    }
    return false
  }

  private func note(_ kind: FloodGuard.Kind) -> Bool {
    guard guardian.note(kind, now: now) else { return true }
    if fault == nil { fault = .flood(kind) }
    return false
  }

  /// What nghttp2 has to say of a frame that ends the connection.
  func noteError(_ text: String) {
    if lastError == nil { lastError = text }
  }

  // MARK: Fields

  func beginHead() {
    trailerText = nil
    let text = text ?? RequestText()
    self.text = text
    text.begin(limits: settings.head, nonce: owner.nonce())
  }

  func add(_ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
    if trailerText != nil { trailerText?.add(name, value) } else { text?.add(name, value) }
  }

  func noteInvalidField() {
    if trailerText != nil { trailerText?.noteMalformed() } else { text?.noteMalformed() }
  }

  // MARK: Frames

  func received(_ frame: nghttp2_frame) {
    let head = frame.hd
    let isLast = head.flags & UInt8(NGHTTP2_FLAG_END_STREAM.rawValue) != 0
    switch UInt32(head.type) {
    case NGHTTP2_HEADERS.rawValue:
      if frame.headers.cat == NGHTTP2_HCAT_REQUEST {
        begin(head.stream_id, isWhole: isLast)
      } else {
        let trailers = trailerText
        trailerText = nil
        stream(head.stream_id)?.didReceiveEnd(trailers: trailers?.lines, error: trailers?.error)
      }
    case NGHTTP2_DATA.rawValue:
      if isLast { stream(head.stream_id)?.didReceiveEnd(trailers: nil, error: nil) }
    case NGHTTP2_PING.rawValue:
      if head.flags & UInt8(NGHTTP2_FLAG_ACK.rawValue) != 0 { receivedPong() }
    default: break
    }
  }

  /// A request's head is whole.
  private func begin(_ id: Int32, isWhole: Bool) {
    guard let text else { return }
    let head: Head
    switch text.finish() {
    case .malformed:
      nghttp2_submit_rst_stream(session, 0, id, HTTP2ErrorCode.protocolError.rawValue)
      return
    case .refused(let error):
      head = Head(streamID: id, text: text.out, refusal: error, isWhole: isWhole, isWebSocket: false)
    case .whole(let isWebSocket):
      head = Head(streamID: id, text: text.out, refusal: nil, isWhole: isWhole, isWebSocket: isWebSocket)
    }
    if let stream = owner.session(self, didReceive: head) {
      adopt(stream)
    } else {
      nghttp2_submit_rst_stream(session, 0, id, HTTP2ErrorCode.refusedStream.rawValue)
      _ = note(.refusedStreamFlood)
    }
  }
}
