/// The metrics of a running gateway, family by family: what `/metrics` says as text, read.
///
///     # HELP sluice_requests_total Requests to a stage …          one family
///     # TYPE sluice_requests_total counter
///     sluice_requests_total{api="comments",stage="dev"} 17        one of its samples
public struct MetricsMessage: AdminMessage {
  public struct Family: Codable, Sendable, Equatable {
    /// As Prometheus knows it: `sluice_requests_total`.
    public var name: String
    /// `counter`, `gauge` or `histogram`.
    public var type: String
    public var help: String
    public var samples: [Sample] = []
  }

  public struct Sample: Codable, Sendable, Equatable {
    public var labels: [Label]
    /// Of a histogram: how many there were.
    public var value: Double
    /// Of a histogram: all of them together, and how many were at most so much, the ones before included.
    public var sum: Double?
    public var buckets: [Bucket]?
  }

  public struct Label: Codable, Sendable, Equatable {
    public var name, value: String
  }

  public struct Bucket: Codable, Sendable, Equatable {
    /// Nil: all.
    public var atMost: Double?
    public var count: Double
  }

  public var families: [Family]

  public init(families: [Family]) { self.families = families }

  /// - Parameter text: in Prometheus' format, 0.0.4. Nil where it is something else.
  public init?(prometheus text: String) {
    families = []
    for line in text.split(whereSeparator: \.isNewline) {
      if line.hasPrefix("# HELP ") {
        let words = line.dropFirst(7).split(separator: " ", maxSplits: 1)
        guard let name = words.first else { return nil }
        families.append(Family(name: String(name), type: "", help: Self.unescaped(words.dropFirst().first ?? "")))
      } else if line.hasPrefix("# TYPE ") {
        guard !families.isEmpty, let type = line.split(separator: " ").last else { return nil }
        families[families.count - 1].type = String(type)
      } else if !line.hasPrefix("#") {
        guard !families.isEmpty, families[families.count - 1].add(line) else { return nil }
      }
    }
    if families.isEmpty { return nil }
  }

  fileprivate static func unescaped(_ text: Substring) -> String {
    var result = ""
    var isEscaped = false
    for character in text {
      if isEscaped {
        result.append(character == "n" ? "\n" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        result.append(character)
      }
    }
    return result
  }
}

extension MetricsMessage.Family {
  /// Takes a sample's line in; those of a histogram with the same labels are one.
  fileprivate mutating func add(_ line: Substring) -> Bool {
    guard let space = line.lastIndex(of: " "), let value = Double(line[line.index(after: space)...]) else {
      return false
    }
    var (series, text) = (line[..<space], Substring())
    if let brace = series.firstIndex(of: "{"), series.last == "}" {
      text = series[series.index(after: brace)...].dropLast()
      series = series[..<brace]
    }
    guard var labels = Self.labels(text) else { return false }
    guard type == "histogram" else {
      samples.append(MetricsMessage.Sample(labels: labels, value: value))
      return series == name
    }
    let bound = labels.firstIndex { $0.name == "le" }.map { labels.remove(at: $0).value }
    if samples.last?.labels != labels { samples.append(MetricsMessage.Sample(labels: labels, value: 0, buckets: [])) }
    let last = samples.count - 1
    switch series.dropFirst(name.count) {
    case "_bucket":
      samples[last].buckets?.append(.init(atMost: bound.flatMap { $0 == "+Inf" ? nil : Double($0) }, count: value))
    case "_sum": samples[last].sum = value
    case "_count": samples[last].value = value
    default: return false
    }
    return true
  }

  /// `api="comments",stage="dev"`.
  private static func labels(_ text: Substring) -> [MetricsMessage.Label]? {
    var labels: [MetricsMessage.Label] = []
    var rest = text
    while !rest.isEmpty {
      guard let equals = rest.firstIndex(of: "=") else { return nil }
      let name = String(rest[..<equals])
      rest = rest[rest.index(after: equals)...]
      guard rest.popFirst() == "\"" else { return nil }
      var end = rest.startIndex
      while end < rest.endIndex, rest[end] != "\"" {
        // What is escaped is no end.
        if rest[end] == "\\" { rest.formIndex(after: &end) }
        if end < rest.endIndex { rest.formIndex(after: &end) }
      }
      guard end < rest.endIndex else { return nil }
      labels.append(MetricsMessage.Label(name: name, value: MetricsMessage.unescaped(rest[..<end])))
      rest = rest[rest.index(after: end)...]
      if rest.first == "," { rest.removeFirst() } else if !rest.isEmpty { return nil }
    }
    return labels
  }
}
