/// A country, and a region of it where that is known (ISO 3166-1 alpha-2, ISO 3166-2), in one number.
public struct Place: Hashable, Sendable {
  /// The country's number in the upper bits; up to three letters or digits of the region in the lower sixteen.
  public let packed: UInt32

  /// Where an address is that no database knows of.
  public static let unknown = Place(packed: 0)

  public init(packed: UInt32) { self.packed = packed }

  /// - Parameters:
  ///   - country: two letters; what is none is an unknown place.
  ///   - region: what stands behind the country and the hyphen, one to three letters or digits; nil: not known.
  public init(country: some Collection<UInt8>, region: (some Collection<UInt8>)?) {
    let number = Place.number(ofCountry: country)
    guard number > 0, let region, (1...3).contains(region.count) else {
      packed = UInt32(number) << 16
      return
    }
    var code: UInt32 = 0
    for byte in region {
      let digit = Place.digit(byte)
      if digit == 0 {
        packed = UInt32(number) << 16
        return
      }
      code = code * 37 + digit
    }
    packed = UInt32(number) << 16 | code
  }

  /// 1 for AA to 676 for ZZ; 0 for what is no code, and for XX, which stands for the unknown.
  public static func number(ofCountry code: some Collection<UInt8>) -> Int {
    guard code.count == 2, code.allSatisfy({ ($0 | 32) &- 97 < 26 }) else { return 0 }
    let number = code.reduce(0) { $0 * 26 + Int(($1 | 32) &- 97) } + 1
    return number == 23 * 26 + 24 ? 0 : number
  }

  /// How many numbers of countries there are.
  static let numbers = 26 * 26 + 1

  /// The country's number.
  var number: Int { min(Int(packed >> 16), Place.numbers - 1) }

  private static func digit(_ byte: UInt8) -> UInt32 {
    if byte &- 48 < 10 { return UInt32(byte) - 47 }
    return (byte | 32) &- 97 < 26 ? UInt32(byte | 32) - 86 : 0
  }

  /// Gives `write` the bytes of `US`.
  func forEachOfCountry(_ write: (UInt8) -> Void) {
    let number = number
    guard number > 0 else {
      write(88)
      write(88)
      return
    }
    write(65 + UInt8((number - 1) / 26))
    write(65 + UInt8((number - 1) % 26))
  }

  /// Gives `write` the bytes of `US-OR`.
  func forEachOfRegion(_ write: (UInt8) -> Void) {
    forEachOfCountry(write)
    write(45)
    let code = packed & 0xFFFF
    guard code > 0 else {
      write(88)
      write(88)
      return
    }
    var weight: UInt32 = 37 * 37
    while weight > 0 {
      let digit = UInt8(code / weight % 37)
      if digit > 0 { write(digit <= 10 ? 47 + digit : 54 + digit) }
      weight /= 37
    }
  }

  /// `US`; XX where it is not known.
  public var country: String {
    var text = ""
    forEachOfCountry { text.unicodeScalars.append(Unicode.Scalar($0)) }
    return text
  }

  /// `OR`; nil where only the country is known.
  public var subdivision: String? {
    packed & 0xFFFF == 0 ? nil : String(region.dropFirst(3))
  }

  /// `US-OR`; `US-XX` where only the country is known.
  public var region: String {
    var text = ""
    forEachOfRegion { text.unicodeScalars.append(Unicode.Scalar($0)) }
    return text
  }
}
