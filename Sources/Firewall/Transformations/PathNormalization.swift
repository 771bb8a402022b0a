/// NORMALIZE_PATH: doubled slashes, `/./` and `/../` that do not stand at the beginning go. NORMALIZE_PATH_WIN makes every
/// `\` a `/` first.
enum PathNormalization {
  static func run(_ text: UnsafeRawBufferPointer, isWindows: Bool, into out: inout Output) {
    let isRooted = !text.isEmpty && isSlash(text[0], isWindows)
    if isRooted { out.put(47) }
    // How much of the output is `../` that nothing before it can take back.
    var floor = out.count
    var at = 0
    while at < text.count {
      while at < text.count, isSlash(text[at], isWindows) { at &+= 1 }
      let begin = at
      while at < text.count, !isSlash(text[at], isWindows) { at &+= 1 }
      guard at > begin else { break }
      let segment = UnsafeRawBufferPointer(rebasing: text[begin..<at])
      let hasSlash = at < text.count
      if segment.count == 1, segment[0] == 46 { continue }
      if segment.count == 2, segment[0] == 46, segment[1] == 46 {
        if out.count > floor {
          out.removeLast(1)
          while out.count > floor, out.last != 47 { out.removeLast(1) }
        } else if !isRooted {
          out.put(segment)
          if hasSlash { out.put(47) }
          floor = out.count
        }
        continue
      }
      out.put(segment)
      if hasSlash { out.put(47) }
    }
  }

  @inline(__always) private static func isSlash(_ byte: UInt8, _ isWindows: Bool) -> Bool {
    byte == 47 || isWindows && byte == 92
  }
}
