/// How much the gateway takes from a peer and how long it waits for one. Every field is declared once more in
/// `Limits.table`, with its key, unit, range, default and meaning; the reader of gateway.yaml, the help texts and the
/// reference page are derived from there, and so are the values that `Limits()` starts with.
public struct Limits: Sendable, Equatable {
  // Sizes in bytes, numbers as they are.
  public var uriSize = 0
  public var headerSize = 0
  public var headerFields = 0
  /// Zero: no limit.
  public var bodySize = 0
  public var bufferedBodySize = 0
  public var responseHeaderSize = 0
  /// Of all workers together; zero: as many as the process may open files.
  public var connections = 0
  /// For each origin and worker.
  public var upstreamConnections = 0
  /// For each origin and worker.
  public var upstreamIdleConnections = 0
  public var deployments = 0
  /// Of all workers together.
  public var cacheSize = 0
  public var cacheObjectSize = 0
  public var cacheDiskSize = 0
  public var cacheDiskObjectSize = 0
  public var cacheDiskLargestObjectSize = 0
  /// Steps that one request may cause in a web ACL.
  public var firewallSteps = 0
  /// For each connection.
  public var http2Streams = 0
  public var http2StreamWindow = 0
  public var http2ConnectionWindow = 0

  // Deadlines.
  public var handshakeTimeout = Duration.zero
  public var requestHeaderTimeout = Duration.zero
  public var requestBodyTimeout = Duration.zero
  public var idleTimeout = Duration.zero
  public var writeTimeout = Duration.zero
  public var connectTimeout = Duration.zero
  public var integrationTimeout = Duration.zero
  public var upstreamBetweenBytesTimeout = Duration.zero
  public var upstreamIdleTimeout = Duration.zero
  public var tunnelIdleTimeout = Duration.zero
  public var drainTimeout = Duration.zero

  /// The defaults of the table.
  public init() {
    for entry in Limits.table { entry.set(entry.standard, in: &self) }
  }
}

extension Limits {
  /// What a limit counts, and so how its value is written.
  public enum Unit: String, Sendable {
    /// `10KiB`, `10MB`, or a plain number of bytes.
    case bytes
    /// A plain number.
    case count
    /// `500ms`, `10s`, `5m`, `1h`; the table holds milliseconds.
    case duration
  }

  /// One limit: its key, and everything that is known about it.
  public struct Entry: Sendable {
    /// The mapping of gateway.yaml that holds it: `limits` or `timeouts`.
    public let section: String
    public let key: String
    public let unit: Unit
    /// In bytes, as a number, or in milliseconds.
    public let range: ClosedRange<Int>
    /// The default, in the same unit.
    public let standard: Int
    /// What it bounds, and what a peer sees when it is exceeded.
    public let prose: String

    enum Slot: Sendable {
      case number(any WritableKeyPath<Limits, Int> & Sendable)
      case time(any WritableKeyPath<Limits, Duration> & Sendable)
    }
    let slot: Slot

    func set(_ value: Int, in limits: inout Limits) {
      switch slot {
      case .number(let path): limits[keyPath: path] = value
      case .time(let path): limits[keyPath: path] = .milliseconds(value)
      }
    }

    /// The default as a person would write it: `10KiB`, `29s`.
    public var standardText: String { Quantity.text(standard, unit) }
    /// The range as a person would write it: `1KiB to 1MiB`.
    public var rangeText: String {
      "\(Quantity.text(range.lowerBound, unit)) to \(Quantity.text(range.upperBound, unit))"
    }
  }

  private static func size(
    _ key: String, _ unit: Unit, _ path: any WritableKeyPath<Limits, Int> & Sendable, _ range: ClosedRange<Int>,
    standard: Int,
    _ prose: String
  ) -> Entry {
    Entry(
      section: "limits", key: key, unit: unit, range: range, standard: standard, prose: prose, slot: .number(path))
  }

  private static func time(
    _ key: String, _ path: any WritableKeyPath<Limits, Duration> & Sendable, _ range: ClosedRange<Int>, standard: Int,
    _ prose: String
  ) -> Entry {
    Entry(
      section: "timeouts", key: key, unit: .duration, range: range, standard: standard, prose: prose,
      slot: .time(path))
  }

  private static let kibi = 1024
  private static let mebi = 1024 * 1024
  private static let second = 1000
  private static let hour = 3_600_000

  /// The mappings of gateway.yaml that hold limits.
  static let sections = ["limits", "timeouts"]

  /// `integrationTimeout` in milliseconds, as the model counts it.
  var integrationMilliseconds: Int {
    let (seconds, attoseconds) = integrationTimeout.components
    return Int(clamping: seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)  // at most an hour, by its range
  }

  /// The one list of limits, in the order of the reference page.
  public static let table: [Entry] = [
    size(
      "uriSize", .bytes, \.uriSize, 256...mebi, standard: 10 * kibi,
      "The request target, query included. Beyond it: 414."),
    size(
      "headerSize", .bytes, \.headerSize, kibi...mebi, standard: 32 * kibi,
      "The request's header section, names and values together. Beyond it: 431."),
    size(
      "headerFields", .count, \.headerFields, 8...2000, standard: 128,
      "The number of header fields in a request or an origin's response. Beyond it: 431, or 502."),
    size(
      "bodySize", .bytes, \.bodySize, 0...(1 << 50), standard: 0,
      "A request body that streams to an HTTP_PROXY origin; 0 for no limit. Beyond it: 413."),
    size(
      "bufferedBodySize", .bytes, \.bufferedBodySize, kibi...(1024 * mebi), standard: 10 * mebi,
      "A body that a mapping needs whole, the client's or the origin's. Beyond it: 413, or 500."),
    size(
      "responseHeaderSize", .bytes, \.responseHeaderSize, kibi...mebi, standard: 64 * kibi,
      "The header section of an origin's response. Beyond it: 502."),
    size(
      "connections", .count, \.connections, 0...10_000_000, standard: 0,
      "Open client connections, of all workers together; 0 for as many as the process may open files. Those beyond it wait."
    ),
    size(
      "upstreamConnections", .count, \.upstreamConnections, 1...100_000, standard: 1024,
      "Open connections to one origin, for each worker."),
    size(
      "upstreamIdleConnections", .count, \.upstreamIdleConnections, 0...100_000, standard: 128,
      "Connections to one origin that are kept open for reuse, for each worker."),
    size(
      "deployments", .count, \.deployments, 1...10_000, standard: 50,
      "Deployments that are kept, to go back to; the oldest are removed."),
    size(
      "cacheSize", .bytes, \.cacheSize, mebi...(1 << 45), standard: 256 * mebi,
      "What distributions and stages keep in memory of answers, overhead included. A smaller one evicts what is too much."
    ),
    size(
      "cacheObjectSize", .bytes, \.cacheObjectSize, 0...(1 << 40), standard: 64 * mebi,
      "The largest body that is kept in memory; a quarter of `cacheSize` at most. Larger ones go to `cacheDirectory`, or are "
        + "relayed."),
    size(
      "cacheDiskSize", .bytes, \.cacheDiskSize, mebi...(1 << 50), standard: 10 * kibi * mebi,
      "What may lie in `cacheDirectory`."),
    size(
      "cacheDiskObjectSize", .bytes, \.cacheDiskObjectSize, 16 * kibi...(1 << 40), standard: 256 * kibi,
      "The smallest body that moves to `cacheDirectory`; smaller ones stay in memory."),
    size(
      "cacheDiskLargestObjectSize", .bytes, \.cacheDiskLargestObjectSize, mebi...(1 << 50), standard: 50 * kibi * mebi,
      "The largest body that is kept in `cacheDirectory`; a quarter of `cacheDiskSize` at most. Larger ones are relayed."
    ),
    size(
      "firewallSteps", .count, \.firewallSteps, 10_000...1_000_000_000, standard: 800_000,
      "The work that a request may cause in a web ACL's patterns and detection; a step is about a nanosecond. Beyond it a "
        + "rule that blocks or counts takes the request for a match. As many more for each further 16 KB of body that are "
        + "inspected."
    ),
    size(
      "http2Streams", .count, \.http2Streams, 1...10_000, standard: 128,
      "Requests that an HTTP/2 connection may have open at once. Beyond it they are refused, to be sent again."),
    size(
      "http2StreamWindow", .bytes, \.http2StreamWindow, kibi...(16 * mebi), standard: 256 * kibi,
      "Of a request body over HTTP/2, what may come before it is consumed."),
    size(
      "http2ConnectionWindow", .bytes, \.http2ConnectionWindow, 64 * kibi...(64 * mebi), standard: mebi,
      "The same of all request bodies of a connection together: what they take of memory at most."),

    time(
      "handshake", \.handshakeTimeout, 100...hour, standard: 10 * second,
      "From a connection's beginning to the end of its TLS handshake. Beyond it the connection is closed."),
    time(
      "requestHeader", \.requestHeaderTimeout, 100...hour, standard: 10 * second,
      "From a request's first byte to the end of its header section. Beyond it: 408."),
    time(
      "requestBody", \.requestBodyTimeout, 100...hour, standard: 30 * second,
      "Between two pieces of a request body. Beyond it: 408."),
    time(
      "idle", \.idleTimeout, 100...(24 * hour), standard: 75 * second,
      "How long a keep-alive connection may wait for its next request."),
    time(
      "write", \.writeTimeout, 100...hour, standard: 30 * second,
      "How long a client may take nothing of its response before the connection is closed."),
    time(
      "connect", \.connectTimeout, 50...(60 * second), standard: 5 * second,
      "Opening a connection to an origin, name lookup included. Beyond it: 504."),
    time(
      "integration", \.integrationTimeout, 50...hour, standard: 29 * second,
      "How long an integration may take to answer where its timeoutInMillis does not say. Beyond it: 504."),
    time(
      "upstreamBetweenBytes", \.upstreamBetweenBytesTimeout, 100...hour, standard: 60 * second,
      "Between two pieces of an origin's streamed response body. Beyond it the exchange is cut off."),
    time(
      "upstreamIdle", \.upstreamIdleTimeout, 100...hour, standard: 30 * second,
      "How long an unused connection to an origin is kept for reuse."),
    time(
      "tunnelIdle", \.tunnelIdleTimeout, second...(24 * hour), standard: 600 * second,
      "How long an upgraded connection (WebSocket) may be silent both ways."),
    time(
      "drain", \.drainTimeout, 0...hour, standard: 30 * second,
      "How long running requests may finish after SIGTERM."),
  ]
}
