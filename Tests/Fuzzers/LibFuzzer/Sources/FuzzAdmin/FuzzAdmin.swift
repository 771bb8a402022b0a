import Configuration
import Firewall
import Foundation
import FuzzerDriver

@_cdecl("FuzzAdmin_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// A body for the admin listener: what is understood is written and read again as the same, and addresses that are read by our
/// own parser are those that the other one reads.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  check(AdminRequest.self, bytes)
  check(InvalidationRequest.self, bytes)
  check(IPSetRequest.self, bytes)
  if let request = IPSetRequest(json: bytes) {
    let other = try? JSONDecoder().decode(IPSetRequest.self, from: Data(bytes))
    if let other, !hasRepeatedNames(bytes) {
      require(
        other.change == request.change && other.addresses == request.addresses
          && other.configuration == request.configuration, "\(request) and \(other)")
    }
    _ = AddressSet(request.addresses.compactMap { try? AddressBlock($0) })
  }
  // What the command line reads of a gateway.
  if let metrics = MetricsMessage(prometheus: String(decoding: bytes, as: UTF8.self)) {
    require(metrics.families.allSatisfy { !$0.name.isEmpty }, "a family without a name")
  }
  return 0
}

private func check<Message: AdminMessage>(_ type: Message.Type, _ bytes: [UInt8]) {
  guard let message = Message(json: bytes) else { return }
  let text = message.json
  guard let again = Message(json: text) else { fatalError("\(message) cannot be read again") }
  require(again.json == text, "\(message) became \(again)")
}

/// Which of two members with one name counts is each parser's own affair.
private func hasRepeatedNames(_ bytes: [UInt8]) -> Bool {
  let text = String(decoding: bytes, as: UTF8.self)
  return ["\"change\"", "\"addresses\"", "\"configuration\"", "\\u"].contains { name in
    text.components(separatedBy: name).count > (name == "\\u" ? 1 : 2)
  }
}
