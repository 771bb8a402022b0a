/// libFuzzer's loop.
///
/// SwiftPM renames an executable's `main` to `<Target>_main`, so that libFuzzer's own `main` is never called; each fuzzer
/// defines that name and comes here.
public typealias TestOneInput = @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32

public typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<Int32>, _ arguments: UnsafeMutablePointer<Arguments>, _ test: TestOneInput
) -> Int32

public func runFuzzer(_ count: Int32, _ arguments: Arguments, _ test: TestOneInput) -> Int32 {
  var count = count
  var arguments = arguments
  return runDriver(&count, &arguments, test)
}
