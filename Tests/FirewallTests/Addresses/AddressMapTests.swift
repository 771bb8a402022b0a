import Testing

@testable import Firewall

@Suite struct AddressMapTests {
  private func value(_ map: AddressMap, _ text: String) throws -> UInt32 {
    map.value(of: try #require(IPAddress(text)))
  }

  @Test("an empty map must have nothing to say")
  func empty() throws {
    let map = AddressMap(AddressMap.Builder())
    for address in ["0.0.0.0", "255.255.255.255", "::", "2001:db8::1"] { #expect(try value(map, address) == 0) }
  }

  @Test("a run must end where the next begins, at both ends of the space too")
  func ends() throws {
    var builder = AddressMap.Builder()
    builder.append(v4: 0x0A00_0000, 7)
    builder.append(v4: 0x0A00_0100, 0)
    builder.append(v4: 0xFFFF_FFFF, 9)
    builder.append(v6: 0x2001_0DB8 << 96, 5)
    builder.append(v6: 0x2001_0DB9 << 96, 0)
    builder.append(v6: .max, 6)
    let map = AddressMap(builder)
    for (address, expected) in [
      ("9.255.255.255", 0), ("10.0.0.0", 7), ("10.0.0.255", 7), ("10.0.1.0", 0), ("255.255.255.254", 0),
      ("255.255.255.255", 9), ("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", 0), ("2001:db8::", 5),
      ("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", 5), ("2001:db9::", 0),
      ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 6), ("::ffff:10.0.0.1", 7),
    ] as [(String, UInt32)] {
      #expect(try value(map, address) == expected, "\(address)")
    }
  }

  @Test("what is said again must make no run of its own, and what is out of order none at all")
  func merging() throws {
    var builder = AddressMap.Builder()
    builder.append(v4: 0, 1)
    builder.append(v4: 100, 1)
    builder.append(v4: 200, 2)
    builder.append(v4: 150, 3)
    #expect(AddressMap(builder).count == 2)
    #expect(try value(AddressMap(builder), "0.0.0.160") == 1)
  }

  @Test("among many runs each address must find its own")
  func many() throws {
    var builder = AddressMap.Builder()
    for number in 0..<UInt32(70_000) { builder.append(v4: number * 60_000, number % 1000 + 1) }
    for number in 0..<UInt32(5_000) { builder.append(v6: UInt128(number) << 100, number % 1000 + 1) }
    let map = AddressMap(builder)
    for number in stride(from: UInt32(0), to: 70_000, by: 7) {
      for offset in [0, 1, 59_999] as [UInt32] {
        #expect(map.value(of: IPAddress(v4: number * 60_000 + offset)) == number % 1000 + 1)
      }
    }
    for number in stride(from: UInt64(1), to: 5_000, by: 11) {
      #expect(map.value(of: IPAddress(high: number << 36, low: 1)) == UInt32(number % 1000 + 1))
      #expect(map.value(of: IPAddress(high: number << 36 - 1, low: .max)) == UInt32((number - 1) % 1000 + 1))
    }
  }
}
