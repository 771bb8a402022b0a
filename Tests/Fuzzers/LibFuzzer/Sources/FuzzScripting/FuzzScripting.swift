import Detection
import FuzzerDriver

@_cdecl("FuzzScripting_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// A finding lies in the text; a text in front of an element with a script does not hide it.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = UnsafeRawBufferPointer(start: start, count: count)
  if let finding = CrossSiteScripting.finding(in: bytes) {
    precondition(finding.range.lowerBound >= 0 && finding.range.upperBound <= count)
    return 0
  }
  (Array(bytes) + Array("<script>".utf8)).withUnsafeBytes { precondition(CrossSiteScripting.isFound(in: $0)) }
  return 0
}
