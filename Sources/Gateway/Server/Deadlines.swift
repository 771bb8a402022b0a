import Configuration
import HTTPWire
import Upstream

/// The configuration's time limits in milliseconds, as a worker adds them to its clock.
struct Deadlines: Sendable {
  let handshake, requestHeader, requestBody, idle, write, connect, betweenBytes, upstreamIdle, tunnelIdle: Int

  init(_ limits: Limits) {
    handshake = limits.handshakeTimeout.wholeMilliseconds
    requestHeader = limits.requestHeaderTimeout.wholeMilliseconds
    requestBody = limits.requestBodyTimeout.wholeMilliseconds
    idle = limits.idleTimeout.wholeMilliseconds
    write = limits.writeTimeout.wholeMilliseconds
    connect = limits.connectTimeout.wholeMilliseconds
    betweenBytes = limits.upstreamBetweenBytesTimeout.wholeMilliseconds
    upstreamIdle = limits.upstreamIdleTimeout.wholeMilliseconds
    tunnelIdle = limits.tunnelIdleTimeout.wholeMilliseconds
  }
}

extension HeadLimits {
  /// What a client's head is held to.
  init(_ limits: Limits) {
    self.init(targetBytes: limits.uriSize, headBytes: limits.headerSize, fieldCount: limits.headerFields)
  }
}

extension BodyLimits {
  /// What a client's body is held to, streaming or not.
  init(_ limits: Limits) {
    self.init(contentBytes: limits.bodySize == 0 ? .max : UInt64(limits.bodySize))
  }
}

extension HTTP2Settings {
  /// What an HTTP/2 connection is held to.
  init(_ limits: Limits) {
    self.init(
      concurrentStreams: limits.http2Streams, streamWindow: limits.http2StreamWindow,
      connectionWindow: limits.http2ConnectionWindow, head: HeadLimits(limits), body: BodyLimits(limits))
  }
}

extension UpstreamLimits {
  init(_ limits: Limits) {
    self.init(
      connections: limits.upstreamConnections, idleConnections: limits.upstreamIdleConnections,
      idleMilliseconds: limits.upstreamIdleTimeout.wholeMilliseconds,
      connectMilliseconds: limits.connectTimeout.wholeMilliseconds,
      betweenBytesMilliseconds: limits.upstreamBetweenBytesTimeout.wholeMilliseconds,
      head: HeadLimits(
        targetBytes: limits.uriSize, headBytes: limits.responseHeaderSize, fieldCount: limits.headerFields))
  }
}

extension Duration {
  /// Rounded down; the largest `Int` where it does not fit.
  var wholeMilliseconds: Int {
    let (seconds, attoseconds) = components
    let (milliseconds, overflow) = Int(clamping: seconds).multipliedReportingOverflow(by: 1000)
    return overflow ? Int.max : milliseconds &+ Int(attoseconds / 1_000_000_000_000_000)
  }
}
