import Foundation
import Testing

@testable import HTTPSemantics

@Suite("FieldID")
struct FieldIDTests {
  private func recognise(_ name: String) -> FieldID {
    let bytes = Array(name.utf8)
    return bytes.withUnsafeBytes { FieldID($0) }
  }

  @Test(
    "every known name must be recognised in small letters, in capitals and as usually written",
    arguments: FieldID.allCases)
  func known(_ id: FieldID) {
    guard id != .other else { return }
    let name = "\(id.lowercaseName)"
    #expect(recognise(name) == id)
    #expect(recognise(name.uppercased()) == id)
    #expect(recognise(name.split(separator: "-").map(\.capitalized).joined(separator: "-")) == id)
    // With room behind the name, where the comparison by words is taken.
    var padded = Array(name.utf8)
    padded.append(contentsOf: ": a value behind it".utf8)
    let wide = padded.withUnsafeBytes {
      FieldID.recognise($0.baseAddress!, count: name.utf8.count, readable: $0.count)
    }
    #expect(wide == id)
  }

  @Test("a known name with any one byte changed must not be recognised as it", arguments: FieldID.allCases)
  func changed(_ id: FieldID) {
    guard id != .other else { return }
    let name = Array("\(id.lowercaseName)".utf8)
    for place in name.indices {
      for byte in UInt8.min...UInt8.max where byte != name[place] && byte | 32 != name[place] {
        var changed = name
        changed[place] = byte
        let found = changed.withUnsafeBytes { FieldID($0) }
        #expect(found != id, "\(changed)")
        // With room behind the name, where a short one is compared as a word.
        let wide = (changed + Array(": value".utf8)).withUnsafeBytes {
          FieldID.recognise($0.baseAddress!, count: name.count, readable: $0.count)
        }
        #expect(wide != id, "\(changed)")
      }
    }
  }

  @Test("a name with something before or behind it must not be recognised", arguments: FieldID.allCases)
  func longer(_ id: FieldID) {
    guard id != .other else { return }
    for extra in [".", " ", "-", "s", "\t", "\0"] {
      #expect(recognise("\(id.lowercaseName)" + extra) == .other)
      #expect(recognise(extra + "\(id.lowercaseName)") == .other)
    }
  }

  @Test(
    "other names must be .other",
    arguments: ["", "a", "x-custom", "hosts", "content-len", "te-", "content-length-x-y-z-zzzz"])
  func other(_ name: String) {
    #expect(recognise(name) == .other)
  }
}
