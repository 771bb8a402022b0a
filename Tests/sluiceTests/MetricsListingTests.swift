import Configuration
import Testing

@testable import sluice

@Suite struct MetricsListingTests {
  private func listing(_ text: String, all: Bool = false, about: Bool = false) throws -> MetricsListing {
    var listing = MetricsListing(showsAll: all, describes: about)
    for family in try #require(MetricsMessage(prometheus: text)).families { listing.add(family) }
    return listing
  }

  private let counts = """
    # HELP sluice_requests_total Requests.
    # TYPE sluice_requests_total counter
    sluice_requests_total{api="comments",status="2xx"} 1700
    sluice_requests_total{api="a",status="5xx"} 0
    # HELP sluice_workers Threads.
    # TYPE sluice_workers gauge
    sluice_workers 2
    # HELP sluice_cache_stored_total Stored.
    # TYPE sluice_cache_stored_total counter
    sluice_cache_stored_total 0
    """

  @Test("one number must stand in a line, others in a table, and what is 0 nowhere unless it is asked for")
  func tables() throws {
    let short = try listing(counts)
    #expect(
      short.lines == ["sluice_requests_total", "  api       status", "  comments  2xx     1700", "sluice_workers  2"])
    #expect(short.left == 2)
    let long = try listing(counts, all: true, about: true)
    #expect(
      long.lines == [
        "sluice_requests_total", "  Requests.", "  api       status", "  comments  2xx     1700",
        "  a         5xx        0",
        "sluice_workers  2", "  Threads.", "sluice_cache_stored_total  0", "  Stored.",
      ])
    #expect(long.left == 0)
  }

  @Test("a histogram must be told by its number, its mean and what most stayed within")
  func histograms() throws {
    let lines = try listing(
      """
      # HELP d_seconds Time.
      # TYPE d_seconds histogram
      d_seconds_bucket{le="0.001"} 50
      d_seconds_bucket{le="0.01"} 95
      d_seconds_bucket{le="1.0"} 98
      d_seconds_bucket{le="+Inf"} 100
      d_seconds_sum 1.234
      d_seconds_count 100
      """
    ).lines
    #expect(
      lines == ["d_seconds", "  count     mean    50 %     95 %   99 %", "    100  12.3 ms  ≤ 1 ms  ≤ 10 ms  > 1 s"])
  }

  @Test(
    "a value must be written by its unit",
    arguments: [
      ("a", "17", "17"), ("a", "1.5", "1.5"), ("used_bytes", "1023", "1023 bytes"), ("used_bytes", "1536", "1.5 KiB"),
      ("sent_bytes_total", "268435456", "256 MiB"), ("process_cpu_seconds_total", "0.0002", "200 µs"),
      ("process_cpu_seconds_total", "61.5", "61.5 s"), ("x_timestamp_seconds", "0", "never"),
      ("x_timestamp_seconds", "1795276801", "2026-11-21 16:00:01Z"),
      ("process_start_time_seconds", "1795276801.25", "2026-11-21 16:00:01Z"),
    ])
  func units(name: String, value: String, text: String) throws {
    let lines = try listing("# HELP \(name) h\n# TYPE \(name) gauge\n\(name) \(value)", all: true).lines
    #expect(lines == ["\(name)  \(text)"])
  }
}
