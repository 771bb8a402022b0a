/// Which names have values that nobody is to read in a record.
///
/// A name is secret when it says so, whatever its case and punctuation: `X-Api-Key`, `dbPassword`, `access_token`. Better
/// one value too many than one too few: `next_token` is kept from sight, too.
public struct Redaction: Sendable {
  /// What stands in the place of a value.
  static let mark = "[redacted]"

  private let isOff: Bool
  private let names: [String]

  /// Nothing is hidden: for whoever sits at the machine and asks for it.
  public static let off = Redaction(isOff: true, names: [])

  /// - Parameter names: further names that are secret, whole.
  public init(names: [String] = []) { self.init(isOff: false, names: names.map(Self.folded)) }

  private init(isOff: Bool, names: [String]) {
    self.isOff = isOff
    self.names = names
  }

  /// Whether the value under a name is to be hidden: a header field's, a parameter's, a stage variable's, a member's.
  func hides(_ name: some StringProtocol) -> Bool {
    if isOff { return false }
    let name = Self.folded(name)
    return Self.whole.contains(name) || names.contains(name) || Self.parts.contains { name.contains($0) }
  }

  /// In small letters, without punctuation.
  private static func folded(_ name: some StringProtocol) -> String {
    name.lowercased().filter { $0.isLetter || $0.isNumber }
  }

  private static let whole: Set<String> = [
    "cookie", "setcookie", "auth", "pwd", "pin", "otp", "jwt", "sig", "sessionid", "sid", "cvv", "cvc",
  ]

  private static let parts = [
    "authorization", "password", "passwd", "passphrase", "passcode", "secret", "token", "apikey", "accesskey",
    "privatekey", "credential", "signature", "bearer",
  ]
}
