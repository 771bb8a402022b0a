import Telemetry
import Testing

@Suite struct MetricsFormatTests {
  @Test(
    "the text that the client likes best must be chosen, of equals OpenMetrics",
    arguments: [
      // What Prometheus 2 and 3 send.
      (
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
          + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", MetricsFormat.openMetrics
      ),
      (
        "application/openmetrics-text;version=1.0.0;escaping=underscores;q=0.5,text/plain;version=0.0.4;q=0.4,*/*;q=0.2",
        .openMetrics
      ),
      ("text/plain; version=0.0.4", .prometheus), ("*/*", .prometheus),
      ("text/plain;q=0.5, application/openmetrics-text;q=0.4", .prometheus),
      ("text/plain, application/openmetrics-text", .openMetrics),
      ("Application/OpenMetrics-Text ; Version=1.0.0", .openMetrics),
      ("application/openmetrics-text;q=0", .prometheus),
      ("application/openmetrics-text;q=0.001", .openMetrics),
    ])
  func chosen(accept: String, format: MetricsFormat) { #expect(MetricsFormat(accept: accept) == format) }

  @Test(
    "whoever wants nothing that there is must get Prometheus' own text",
    arguments: [
      nil, "", ",;,", "text/html", "application/openmetrics-text;version=2.0.0", "application/openmetrics-text;q=x",
      "application/openmetrics-text;q=0.-1", "application/openmetrics-text;q=5",
    ])
  func other(accept: String?) { #expect(MetricsFormat(accept: accept) == .prometheus) }
}
