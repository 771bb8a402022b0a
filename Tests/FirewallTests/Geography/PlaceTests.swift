import Testing

@testable import Firewall

@Suite struct PlaceTests {
  private func place(_ country: String, _ region: String? = nil) -> Place {
    Place(country: Array(country.utf8), region: region.map { Array($0.utf8) })
  }

  @Test(
    "a place must be its codes again", arguments: ["AA", "DE", "US", "ZZ"], ["A", "9", "OR", "01", "ENG", "ZZZ", "0"])
  func codes(_ country: String, _ region: String) {
    #expect(place(country, region).country == country)
    #expect(place(country, region).region == "\(country)-\(region)")
    #expect(place(country).region == "\(country)-XX")
    #expect(place(country, region).subdivision == region && place(country).subdivision == nil)
  }

  @Test("what is no code must be unknown, and so must XX")
  func unknown() {
    for text in ["", "D", "DEU", "D1", "d\u{0}", "XX"] { #expect(place(text, "A") == .unknown, "\(text)") }
    for region in ["", "ABCD", "A-", "Ä"] { #expect(place("DE", region) == place("DE"), "\(region)") }
    #expect(Place.unknown.country == "XX")
    #expect(Place.unknown.region == "XX-XX")
  }

  @Test("each country must have a number of its own")
  func numbers() {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
    let numbers = letters.flatMap { first in letters.map { Place.number(ofCountry: [first, $0]) } }
    #expect(Set(numbers).count == 26 * 26)
    #expect(numbers.allSatisfy { $0 < Place.numbers })
    #expect(Place.number(ofCountry: Array("de".utf8)) == Place.number(ofCountry: Array("DE".utf8)))
  }
}
