/// The two texts that metrics are written in, and which of them somebody wants.
public enum MetricsFormat: Sendable, Equatable {
  /// OpenMetrics 1.0: what Prometheus asks for first.
  case openMetrics
  /// Prometheus' own, 0.0.4: what everything else reads.
  case prometheus

  public var contentType: StaticString {
    switch self {
    case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
    case .prometheus: "text/plain; version=0.0.4; charset=utf-8"
    }
  }

  /// - Parameter accept: the value of `Accept` (RFC 9110 § 12.5.1); nil or nothing that we have: Prometheus' own, which people
  ///   can read, too.
  public init(accept: String?) {
    var best: (format: MetricsFormat, weight: Int) = (.prometheus, 0)
    for range in (accept ?? "").split(separator: ",") {
      let parts = range.split(separator: ";").map(Self.trimmed)
      guard let type = parts.first?.lowercased() else { continue }
      let format: MetricsFormat
      switch type {
      case "application/openmetrics-text": format = .openMetrics
      case "text/plain", "text/*", "*/*": format = .prometheus
      default: continue
      }
      let parameters = parts.dropFirst().map { $0.lowercased() }
      if format == .openMetrics, let version = Self.value(of: "version=", in: parameters), version != "1.0.0",
        version != "0.0.1"
      {
        continue
      }
      let weight = Self.value(of: "q=", in: parameters).map(Self.thousandths) ?? 1000
      // Of two that are liked the same, the one that says more.
      if weight > best.weight || (weight == best.weight && weight > 0 && format == .openMetrics) {
        best = (format, weight)
      }
    }
    self = best.format
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first == " " || text.first == "\t" { text.removeFirst() }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
  }

  private static func value(of name: String, in parameters: [String]) -> String? {
    parameters.first { $0.hasPrefix(name) }.map { String($0.dropFirst(name.count)) }
  }

  /// `0.75` as 750; 0 for what is no weight.
  private static func thousandths(_ text: String) -> Int {
    let digits = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = digits.first, whole == "0" || whole == "1" else { return 0 }
    guard digits.count == 2 else { return whole == "1" ? 1000 : 0 }
    let fraction = digits[1].prefix(3)
    guard let value = fraction.isEmpty ? 0 : Int(fraction), value >= 0 else { return 0 }
    let scale = [1000, 100, 10, 1][fraction.count]
    return min(1000, (whole == "1" ? 1000 : 0) + value * scale)
  }
}
