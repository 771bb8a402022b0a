import HTTPSemantics
import Testing

@testable import HTTPWire

@Suite("FieldSet")
struct FieldSetTests {
  @Test("a set must hold what was put in, and say whether it was there before")
  func members() {
    var set = FieldSet(.host, .te)
    #expect(set.contains(.host) && set.contains(.te) && !set.contains(.accept))
    let wasThere = [set.insert(.accept), set.insert(.accept), set.insert(.host)]
    #expect(wasThere == [false, true, true])
    #expect(FieldSet().isEmpty && !set.isEmpty)
    for id in FieldID.allCases { #expect(FieldSet.all.contains(id) && !FieldSet().contains(id)) }
  }

  @Test("a head whose fields were changed by hand must still find them")
  func changedByHand() {
    let head = Wire.request("GET / HTTP/1.1\r\nHost: a\r\n\r\n").1
    #expect(head.first(.accept) == nil)
    head.fields.append(FieldSlice(nameStart: 0, nameCount: 3, id: .accept, valueStart: 4, valueCount: 1))
    #expect(head.first(.accept).map { head.value(of: $0).text } == "/")
  }
}
