import Bytes

/// Writes metrics as text: the head of each family, then its samples.
///
///     # HELP sluice_requests Requests to a stage …
///     # TYPE sluice_requests counter
///     sluice_requests_total{api="comments",stage="dev",method="GET",status="2xx"} 17
///
/// The two formats part in few places: OpenMetrics knows units, leaves the `_total` out of a family's name, and has an end by
/// which a text can be told from a part of it.
public struct MetricsText {
  public let format: MetricsFormat
  private let out: ByteBuffer
  private var name = ""

  public init(_ format: MetricsFormat, into out: ByteBuffer) {
    self.format = format
    self.out = out
  }

  /// Begins a family; each once, with all its samples behind it.
  public mutating func begin(_ family: MetricFamily) {
    name = family.sampleName
    let title = format == .openMetrics ? family.name : family.sampleName
    out.write("# HELP \(title) ")
    writeEscaped(family.help, quotes: format == .openMetrics)
    out.write("\n# TYPE \(title) \(family.kind.rawValue)\n")
    if format == .openMetrics, let unit = family.unit { out.write("# UNIT \(title) \(unit.rawValue)\n") }
  }

  public func sample(_ labels: [MetricLabel] = [], _ value: Int) {
    out.write(name)
    write(labels)
    out.write(" ")
    out.write(decimal: value)
    out.write("\n")
  }

  /// A number of seconds.
  public func sample(_ labels: [MetricLabel] = [], nanoseconds: Int) {
    out.write(name)
    write(labels)
    out.write(" ")
    write(nanoseconds: nanoseconds)
    out.write("\n")
  }

  public func sample(_ labels: [MetricLabel] = [], _ histogram: DurationHistogram) {
    let counts = histogram.cumulative
    for (index, count) in counts.enumerated() {
      out.write(name)
      out.write("_bucket")
      write(labels, bound: index < DurationHistogram.bounds.count ? DurationHistogram.bounds[index].text : "+Inf")
      out.write(" ")
      out.write(decimal: count)
      out.write("\n")
    }
    out.write(name)
    out.write("_sum")
    write(labels)
    out.write(" ")
    write(nanoseconds: histogram.sum)
    out.write("\n")
    out.write(name)
    out.write("_count")
    write(labels)
    out.write(" ")
    out.write(decimal: counts.last ?? 0)
    out.write("\n")
  }

  /// Nothing follows.
  public func end() {
    if format == .openMetrics { out.write("# EOF\n") }
  }

  // MARK: Parts

  private func write(_ labels: [MetricLabel], bound: StaticString? = nil) {
    guard !labels.isEmpty || bound != nil else { return }
    out.write("{")
    for (index, label) in labels.enumerated() {
      if index > 0 { out.write(",") }
      out.write(label.name)
      out.write("=\"")
      writeEscaped(label.value, quotes: true)
      out.write("\"")
    }
    if let bound {
      if !labels.isEmpty { out.write(",") }
      out.write("le=\"")
      out.write(bound)
      out.write("\"")
    }
    out.write("}")
  }

  private func writeEscaped(_ text: String, quotes: Bool) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): out.write("\\\\")
      case UInt8(ascii: "\n"): out.write("\\n")
      case UInt8(ascii: "\"") where quotes: out.write("\\\"")
      default: out.write(byte: byte)
      }
    }
  }

  /// `1.25`: seconds, without more digits than there are.
  private func write(nanoseconds: Int) {
    out.write(decimal: nanoseconds / 1_000_000_000)
    var rest = abs(nanoseconds % 1_000_000_000)
    guard rest > 0 else { return }
    var digits = [UInt8](repeating: 48, count: 9)
    for index in (0..<9).reversed() {
      digits[index] = 48 + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    while digits.last == 48 { digits.removeLast() }
    out.write(".")
    out.write(digits)
  }
}
