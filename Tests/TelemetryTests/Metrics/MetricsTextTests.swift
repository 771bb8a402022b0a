import Bytes
import Telemetry
import Testing

@Suite struct MetricsTextTests {
  private func written(_ format: MetricsFormat, _ body: (inout MetricsText) -> Void) -> String {
    let out = ByteBuffer()
    var text = MetricsText(format, into: out)
    body(&text)
    text.end()
    return String(decoding: out.readable, as: UTF8.self)
  }

  @Test("OpenMetrics must name a counter without its _total, tell units, and have an end")
  func openMetrics() {
    let text = written(.openMetrics) {
      $0.begin(MetricFamily("a_bytes", .counter, .bytes, "What is \"sent\"."))
      $0.sample([MetricLabel("to", "b")], 7)
    }
    #expect(
      text == """
        # HELP a_bytes What is \\"sent\\".
        # TYPE a_bytes counter
        # UNIT a_bytes bytes
        a_bytes_total{to="b"} 7
        # EOF

        """)
  }

  @Test("Prometheus' text must name a counter as its samples are named")
  func prometheus() {
    let text = written(.prometheus) {
      $0.begin(MetricFamily("a_bytes", .counter, .bytes, "What is \"sent\"."))
      $0.sample([], -7)
    }
    #expect(
      text == """
        # HELP a_bytes_total What is "sent".
        # TYPE a_bytes_total counter
        a_bytes_total -7

        """)
  }

  @Test("what has a meaning in the text must be escaped in a label")
  func escaped() {
    let text = written(.prometheus) {
      $0.begin(MetricFamily("a", .gauge, "b\\c\nd"))
      $0.sample([MetricLabel("x", "\"\\\n}é"), MetricLabel("y", "")], 1)
    }
    #expect(
      text == """
        # HELP a b\\\\c\\nd
        # TYPE a gauge
        a{x="\\"\\\\\\n}é",y=""} 1

        """)
  }

  @Test(
    "seconds must be written to the last digit that there is",
    arguments: [
      (0, "0"), (1, "0.000000001"), (1_500_000_000, "1.5"), (60_000_000_000, "60"),
      (
        1_795_288_994_810_000_000,
        "1795288994.81"
      ),
    ])
  func seconds(nanoseconds: Int, expected: String) {
    let text = written(.prometheus) {
      $0.begin(MetricFamily("a_seconds", .gauge, .seconds, "b"))
      $0.sample([], nanoseconds: nanoseconds)
    }
    #expect(text.hasSuffix("\na_seconds \(expected)\n"))
  }

  @Test("a histogram must have every bound, what is beyond, the sum and the count")
  func histogram() {
    var durations = DurationHistogram()
    for milliseconds in [0, 2, 2, 40_000] { durations.note(nanoseconds: milliseconds * 1_000_000) }
    let text = written(.openMetrics) {
      $0.begin(MetricFamily("a_seconds", .histogram, .seconds, "b"))
      $0.sample([MetricLabel("x", "y")], durations)
    }
    #expect(text.contains("\na_seconds_bucket{x=\"y\",le=\"0.0005\"} 1\n"))
    #expect(text.contains("\na_seconds_bucket{x=\"y\",le=\"0.0025\"} 3\n"))
    #expect(text.contains("\na_seconds_bucket{x=\"y\",le=\"30.0\"} 3\n"))
    #expect(
      text.hasSuffix(
        """
        a_seconds_bucket{x="y",le="+Inf"} 4
        a_seconds_sum{x="y"} 40.004
        a_seconds_count{x="y"} 4
        # EOF

        """))
    #expect(text.split(separator: "\n").filter { $0.contains("_bucket") }.count == DurationHistogram.bounds.count + 1)
  }
}
