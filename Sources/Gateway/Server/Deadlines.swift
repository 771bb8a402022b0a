import Configuration

/// The configuration's time limits in milliseconds, as a worker adds them to its clock.
struct Deadlines: Sendable {
  let requestHeader, requestBody, idle, write, connect, betweenBytes, upstreamIdle, tunnelIdle: Int

  init(_ limits: Limits) {
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

extension Duration {
  /// Rounded down; the largest `Int` where it does not fit.
  var wholeMilliseconds: Int {
    let (seconds, attoseconds) = components
    let (milliseconds, overflow) = Int(clamping: seconds).multipliedReportingOverflow(by: 1000)
    return overflow ? Int.max : milliseconds &+ Int(attoseconds / 1_000_000_000_000_000)
  }
}
