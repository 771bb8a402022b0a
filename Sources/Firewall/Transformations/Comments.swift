/// REPLACE_COMMENTS and REMOVE_COMMENTS_CHAR.
enum Comments {
  /// Each `/* … */` becomes one space; one that does not end goes to the end. A `*/` alone stays.
  static func replace(_ text: UnsafeRawBufferPointer, into out: inout Output) {
    var at = 0
    while at < text.count {
      guard text[at] == 47, at &+ 1 < text.count, text[at &+ 1] == 42 else {
        out.put(text[at])
        at &+= 1
        continue
      }
      out.put(32)
      at &+= 2
      while at < text.count, !(text[at] == 42 && at &+ 1 < text.count && text[at &+ 1] == 47) { at &+= 1 }
      at &+= 2
    }
  }

  /// `/*`, `*/`, `--` and `#` go; what stands between them stays.
  static func removeCharacters(_ text: UnsafeRawBufferPointer, into out: inout Output) {
    var at = 0
    while at < text.count {
      let byte = text[at]
      let next = at &+ 1 < text.count ? text[at &+ 1] : 0
      if byte == 47 && next == 42 || byte == 42 && next == 47 || byte == 45 && next == 45 {
        at &+= 2
      } else {
        if byte != 35 { out.put(byte) }
        at &+= 1
      }
    }
  }
}
