import Firewall
import Testing

struct IPAddressTests {
  @Test(
    "an address must be read in every form of RFC 4291 and written as RFC 5952 has it",
    arguments: [
      ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
      ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("::", "::"), ("::1", "::1"), ("1::", "1::"),
      ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"), ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
      ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"),
      ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"), ("fe80::a:b", "fe80::a:b"),
    ])
  func read(_ text: String, _ written: String) {
    #expect(IPAddress(text)?.description == written)
  }

  @Test(
    "what is no address must be refused",
    arguments: [
      "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.", ".1.2.3", "1..2.3", "a.b.c.d", " 1.2.3.4",
      "1.2.3.4 ",
      ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7:8::", ":1::2", "1:",
      "::1.2.3", "1.2.3.4::", "fe80::1%eth0", "[::1]", "::1:80:", "1:2:3:4:5:6:7:1.2.3.4",
      "1234:1234:1234:1234:1234:1234:1234:1234:1234:1234",
    ])
  func refused(_ text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test("an IPv4-mapped IPv6 address must be the IPv4 address that it stands for")
  func mapped() {
    #expect(IPAddress("::ffff:192.0.2.1") == IPAddress("192.0.2.1"))
    #expect(IPAddress("::FFFF:C000:201") == IPAddress("192.0.2.1"))
    #expect(IPAddress("::192.0.2.1") != IPAddress("192.0.2.1"))
  }

  @Test("a block must be its prefix, whatever stands behind it")
  func blocks() throws {
    #expect(try AddressBlock("192.0.2.7/24").description == "192.0.2.0/24")
    #expect(try AddressBlock("192.0.2.7").description == "192.0.2.7/32")
    #expect(try AddressBlock("2001:db8:ffff::/33").description == "2001:db8:8000::/33")
    #expect(try AddressBlock("::1").description == "::1/128")
    #expect(try AddressBlock("::ffff:192.0.2.0/120").description == "192.0.2.0/24")
  }

  @Test("what is no block must be refused with its reason")
  func flaws() {
    #expect(throws: AddressBlock.Flaw.notAnAddress) { try AddressBlock("192.0.2/24") }
    #expect(throws: AddressBlock.Flaw.notAnAddress) { try AddressBlock("/24") }
    #expect(throws: AddressBlock.Flaw.prefixOutOfRange) { try AddressBlock("192.0.2.0/33") }
    #expect(throws: AddressBlock.Flaw.prefixOutOfRange) { try AddressBlock("192.0.2.0/") }
    #expect(throws: AddressBlock.Flaw.prefixOutOfRange) { try AddressBlock("192.0.2.0/1x") }
    #expect(throws: AddressBlock.Flaw.prefixOutOfRange) { try AddressBlock("::1/129") }
    #expect(throws: AddressBlock.Flaw.everything) { try AddressBlock("0.0.0.0/0") }
    #expect(throws: AddressBlock.Flaw.everything) { try AddressBlock("::/0") }
  }
}
