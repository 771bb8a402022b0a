import Testing

@testable import Firewall

struct AddressSetTests {
  private func set(_ blocks: String...) throws -> AddressSet { AddressSet(try blocks.map { try AddressBlock($0) }) }

  @Test("an address must be in a set from the first to the last address of each block, and nowhere else")
  func edges() throws {
    let set = try set("10.0.0.0/8", "192.0.2.64/26", "2001:db8::/32", "2001:db9::5/128")
    for inside in [
      "10.0.0.0", "10.255.255.255", "192.0.2.64", "192.0.2.127", "2001:db8::", "2001:db8:ffff::ffff", "2001:db9::5",
      "::ffff:10.1.2.3",
    ] {
      #expect(set.contains(try #require(IPAddress(inside))), "\(inside)")
    }
    for outside in [
      "9.255.255.255", "11.0.0.0", "192.0.2.63", "192.0.2.128", "0.0.0.0", "255.255.255.255", "2001:db7:ffff::",
      "2001:db9::4", "2001:db9::6", "::", "ffff::", "::10.0.0.1",
    ] {
      #expect(!set.contains(try #require(IPAddress(outside))), "\(outside)")
    }
  }

  @Test("an empty set must hold nothing")
  func empty() throws {
    #expect(!AddressSet.empty.contains(IPAddress(v4: 0)))
    #expect(!AddressSet.empty.contains(try #require(IPAddress("::"))))
  }

  @Test("the ends of the address space must be found")
  func ends() throws {
    let set = try set("0.0.0.0/1", "255.255.255.255/32", "::/1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")
    #expect(set.contains(IPAddress(v4: 0)))
    #expect(set.contains(IPAddress(v4: .max)))
    #expect(!set.contains(IPAddress(v4: .max - 1)))
    #expect(set.contains(IPAddress(high: 0, low: 1)))
    #expect(set.contains(IPAddress(high: .max, low: .max)))
    #expect(!set.contains(IPAddress(high: .max, low: .max - 1)))
  }

  @Test(
    "a look-up must say what a look at every block says, however many there are and however they lie",
    arguments: [1, 3, 9, 40, 700, 5000])
  func agreesWithNaive(_ count: Int) throws {
    var random = SplitMix(seed: UInt64(count))
    var blocks: [AddressBlock] = []
    for number in 0..<count {
      // A part lies close together, so that blocks nest, touch and share an upper half.
      let isNear = number % 3 == 0
      if number % 2 == 0 {
        let value = UInt32(truncatingIfNeeded: random.next()) & (isNear ? 0x0000_3FFF : .max)
        blocks.append(try AddressBlock("\(IPAddress(v4: value))/\(12 + random.next() % 21)"))
      } else {
        let high = random.next() & (isNear ? 0x3 : 0xFFFF_0000_FFFF_0000) | 0x2000 << 48
        let low = random.next() & (isNear ? 0xFFFF : .max)
        blocks.append(try AddressBlock("\(IPAddress(high: high, low: low))/\(32 + random.next() % 97)"))
      }
    }
    let set = AddressSet(blocks)
    for _ in 0..<3000 {
      // Near the edges, where mistakes are.
      let block = blocks[Int(random.next() % UInt64(count))]
      let edge = (random.next() % 2 == 0 ? block.first.value : block.last) &+ UInt128(random.next() % 3) &- 1
      let address =
        block.isV4
        ? IPAddress(v4: UInt32(truncatingIfNeeded: edge))
        : IPAddress(high: UInt64(truncatingIfNeeded: edge >> 64), low: UInt64(truncatingIfNeeded: edge))
      let expected = blocks.contains {
        $0.isV4 == address.isV4 && $0.first.value <= address.value && address.value <= $0.last
      }
      #expect(set.contains(address) == expected, "\(address)")
    }
  }

  @Test("blocks must be added and removed as they were given")
  func changed() throws {
    let set = try set("10.0.0.0/8", "10.1.0.0/16")
    let more = set.adding([try AddressBlock("192.0.2.1"), try AddressBlock("10.0.0.0/8")])
    #expect(more.blocks.map(\.description) == ["10.0.0.0/8", "10.1.0.0/16", "192.0.2.1/32"])
    let less = more.removing([try AddressBlock("10.0.0.0/8")])
    #expect(less.contains(try #require(IPAddress("10.1.2.3"))))
    #expect(!less.contains(try #require(IPAddress("10.2.2.3"))))
  }

  @Test("a file must be read line by line, with comments, and its first mistake be named by its place")
  func list() throws {
    let text = "# the office\r\n10.0.0.0/8  # all of it\n\n  2001:db8::/32\r\n192.0.2.1"
    #expect(
      try AddressList.parse(Array(text.utf8)).map(\.description) == ["10.0.0.0/8", "2001:db8::/32", "192.0.2.1/32"])
    #expect(throws: AddressList.Flaw(line: 3, column: 3, text: "10.0.0/8", flaw: .notAnAddress)) {
      try AddressList.parse(Array("10.0.0.0/8\n#\n  10.0.0/8 # x\n".utf8))
    }
    #expect(try AddressList.parse([]).isEmpty)
  }
}

/// A small generator of numbers that look random and are the same each time.
struct SplitMix: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var word = state
    word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
    word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
    return word ^ word >> 31
  }
}
