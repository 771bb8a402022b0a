import Bytes
import CNGHTTP2
import HTTPSemantics

/// What becomes of the frames that nghttp2 has found right.
extension HTTP2ServerSession {
  // MARK: Floods

  /// A frame has come that is no part of a request.
  func note(_ frame: FrameScanner.Frame) {
    switch frame.type {
    case FrameScanner.Frame.continuation: note(.continuationFlood)
    case FrameScanner.Frame.priority, FrameScanner.Frame.priorityUpdate: note(.priorityFlood)
    case FrameScanner.Frame.rstStream: note(.resetFlood)
    case FrameScanner.Frame.settings: note(.settingsFlood)
    case FrameScanner.Frame.ping: note(.pingFlood)
    case FrameScanner.Frame.windowUpdate: note(.windowUpdateFlood)
    default: note(.unknownFrameFlood)
    }
  }

  /// HEADERS or DATA have come: whether the stream may still get them; if not, that is what is wrong with the connection.
  func check(_ frame: FrameScanner.Frame) {
    if frame.type == FrameScanner.Frame.data, frame.length == 0, !frame.endsStream { note(.emptyFrameFlood) }
    switch closedStreams.verdict(frame.stream) {
    case .unknown: break
    case .closed: if nghttp2_session_find_stream(session, frame.stream) == nil { fault = fault ?? .streamClosed }
    case .passedOver: fault = fault ?? .protocolError("a stream that was passed over")
    }
  }

  /// A stream has been reset by us. What had to be refused, or was no request, is on the peer's account.
  func sentReset(_ id: Int32, _ code: UInt32) {
    closedStreams.noteReset(id)
    if code == HTTP2ErrorCode.refusedStream.rawValue || code == HTTP2ErrorCode.protocolError.rawValue {
      note(.refusedStreamFlood)
    }
  }

  func note(_ kind: FloodGuard.Kind) {
    if guardian.note(kind, now: now), fault == nil { fault = .flood(kind) }
  }

  // MARK: Frames

  /// A request's head is whole.
  func begin(_ id: Int32, isWhole: Bool) {
    let head: Head
    switch text.finish(nonce: owner.nonce()) {
    case .malformed:
      nghttp2_submit_rst_stream(session, 0, id, HTTP2ErrorCode.protocolError.rawValue)
      return
    case .refused(let error):
      head = Head(streamID: id, text: text.out, refusal: error, isWhole: isWhole, isWebSocket: false)
    case .whole(let isWebSocket):
      head = Head(streamID: id, text: text.out, refusal: nil, isWhole: isWhole, isWebSocket: isWebSocket)
    }
    if let stream = owner.session(self, didReceive: head) {
      let pointer = Unmanaged.passUnretained(stream as HTTP2Stream).toOpaque()
      nghttp2_session_set_stream_user_data(session, id, pointer)
      adopt(stream)
    } else {
      nghttp2_submit_rst_stream(session, 0, id, HTTP2ErrorCode.refusedStream.rawValue)
    }
  }
}
