import Logging
import Testing

@testable import Gateway

@Suite struct LogThresholdTests {
  @Test("a change must hold for every logger that was made by it, copies included")
  func change() {
    let threshold = LogThreshold(.warning)
    let log = threshold.logger("test")
    var copy = log
    copy[metadataKey: "of"] = "a copy"
    #expect(log.logLevel == .warning)
    for level in Logger.Level.allCases {
      threshold.level = level
      #expect(log.logLevel == level && copy.logLevel == level)
    }
    #expect(copy[metadataKey: "of"] == "a copy" && log[metadataKey: "of"] == nil)
  }
}
