import FuzzerDriver

@testable import Detection

@_cdecl("FuzzSQLInjection_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// A finding lies in the text and has a fingerprint, and what is found at low sensitivity is found at high.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  let low = SQLInjection.finding(in: bytes, sensitivity: .low)
  let high = SQLInjection.finding(in: bytes, sensitivity: .high)
  precondition(low == nil || high != nil)
  for finding in [low, high] {
    guard let finding else { continue }
    precondition(finding.range.lowerBound >= 0 && finding.range.upperBound <= count)
    precondition(
      finding.fingerprint.count > 0 && finding.fingerprint.description.utf8.count == finding.fingerprint.count)
  }
  return 0
}
