/// What the first token of a reference says besides the name: how it is escaped and what text comes along.
struct ReferenceForm {
  /// The variable.
  var root: [UInt8]
  /// Names that were read where no `$` stood (`$a.b(name)`): no reference, but text, and null as a value.
  var isRunt = false
  /// `\!` between `$` and name: never computed, as a value null.
  var isComputable = true
  /// An odd number of backslashes in front: the text of the reference is rendered instead of its value.
  var isEscaped = false
  /// `$!name`.
  var isQuiet = false
  /// Half of the backslashes in front.
  var escapes: [UInt8] = []
  /// Other text that the lexer took in front of the `$`.
  var prefix: [UInt8] = []
  /// The text rendered where there is no value, and for escaped references.
  var literal: [UInt8] = []

  /// Reads the first token's image, and takes the backslashes and other text off it.
  /// - Parameters:
  ///   - image: of the first token; comes back as what is left of it.
  ///   - next: image of the token behind it.
  ///   - rest: the literal text of the reference's other tokens.
  init(image: inout [UInt8], special: [UInt8], next: [UInt8], rest: [UInt8]) {
    let backslash = UInt8(ascii: "\\")
    let dollar = UInt8(ascii: "$")
    if let form = ReferenceForm.slashBang(image) {
      root = form
      literal = form
      isComputable = false
      return
    }
    var count = 0
    while count < image.count, image[count] == backslash { count += 1 }
    isEscaped = count % 2 == 1
    escapes = Array(repeating: backslash, count: count / 2)
    image.removeFirst(count)
    if let at = image.lastIndex(of: dollar), at > 0 {
      prefix = Array(image[..<at])
      image.removeFirst(at)
    }
    literal = special + image + rest
    if image.starts(with: "$!".utf8) {
      isQuiet = true
      if !isEscaped { literal = [] }
      root = image.starts(with: "$!{".utf8) ? next : Array(image.dropFirst(2))
    } else if image.elementsEqual("${".utf8) {
      root = next
    } else if image.first == dollar {
      root = Array(image.dropFirst())
    } else {
      isRunt = true
      root = image
    }
  }

  /// `$\!name`, `$\\!name`: the text with one backslash fewer; nil for anything else.
  private static func slashBang(_ image: [UInt8]) -> [UInt8]? {
    let backslash = UInt8(ascii: "\\")
    var found = false
    for index in image.indices.dropLast() where image[index] == backslash && image[index + 1] == UInt8(ascii: "!") {
      found = true
    }
    guard found, let dollar = image.firstIndex(of: UInt8(ascii: "$")) else { return nil }
    guard let start = image[dollar...].firstIndex(of: backslash) else { return image }
    var end = start
    while end < image.count, image[end] == backslash { end += 1 }
    return Array(image[..<start]) + Array(repeating: backslash, count: end - start - 1) + Array(image[end...])
  }
}
