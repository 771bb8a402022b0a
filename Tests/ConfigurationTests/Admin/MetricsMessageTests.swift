import Testing

@testable import Configuration

@Suite struct MetricsMessageTests {
  @Test("families must be read with their samples, labels and texts as they were before they were escaped")
  func samples() throws {
    let message = try #require(
      MetricsMessage(
        prometheus: #"""
          # HELP a_total What \\ is\ncounted.
          # TYPE a_total counter
          a_total{name="x\"y\\z\n,=}",other=""} 17
          a_total 3
          # HELP b Seconds.
          # TYPE b gauge
          b 1.25
          # HELP none Nothing yet.
          # TYPE none counter

          """#))
    #expect(message.families.map(\.name) == ["a_total", "b", "none"])
    #expect(message.families[0].help == "What \\ is\ncounted.")
    #expect(
      message.families[0].samples == [
        .init(labels: [.init(name: "name", value: "x\"y\\z\n,=}"), .init(name: "other", value: "")], value: 17),
        .init(labels: [], value: 3),
      ])
    #expect(message.families[1].samples.first?.value == 1.25 && message.families[2].samples.isEmpty)
    #expect(MetricsMessage(json: message.json) != nil)
  }

  @Test("the lines of a histogram with the same labels must be one sample")
  func histograms() throws {
    let message = try #require(
      MetricsMessage(
        prometheus: """
          # HELP d_seconds Time.
          # TYPE d_seconds histogram
          d_seconds_bucket{a="1",le="0.5"} 2
          d_seconds_bucket{a="1",le="+Inf"} 3
          d_seconds_sum{a="1"} 1.5
          d_seconds_count{a="1"} 3
          d_seconds_bucket{a="2",le="0.5"} 0
          d_seconds_bucket{a="2",le="+Inf"} 0
          d_seconds_sum{a="2"} 0
          d_seconds_count{a="2"} 0
          """))
    let samples = message.families[0].samples
    #expect(samples.map(\.value) == [3, 0] && samples.map(\.sum) == [1.5, 0])
    #expect(samples[0].buckets == [.init(atMost: 0.5, count: 2), .init(atMost: nil, count: 3)])
  }

  @Test(
    "what no gateway says must not be taken for metrics",
    arguments: [
      "", "{}", "<html>", "a 1", "# TYPE a counter", "# HELP a b\n# TYPE a counter\na one",
      "# HELP a b\n# TYPE a counter\nother 1", "# HELP a b\n# TYPE a counter\na{x=\"1} 1",
      "# HELP a b\n# TYPE a counter\na{x} 1", "# HELP a b\n# TYPE a counter\na{x=\"1\"y=\"2\"} 1",
      "# HELP a b\n# TYPE a counter\na{x=\"\\", "# HELP a b\n# TYPE a histogram\na 1",
    ])
  func nonsense(text: String) { #expect(MetricsMessage(prometheus: text) == nil) }
}
