/// URL_DECODE and URL_DECODE_UNI: `%41` and `+`; the second also `%u0041`, as Microsoft's servers read it. What is no code
/// stays as it is.
enum URLDecoding {
  static func run(_ text: UnsafeRawBufferPointer, decodesUnicode: Bool, into out: inout Output) {
    var at = 0
    while at < text.count {
      let byte = text[at]
      if byte == 37 {
        if let code = text.hexadecimal(at: at &+ 1, count: 2) {
          out.put(UInt8(truncatingIfNeeded: code))
          at &+= 3
          continue
        }
        if decodesUnicode, at &+ 1 < text.count, text[at &+ 1] | 32 == 117,
          let code = text.hexadecimal(at: at &+ 2, count: 4)
        {
          out.put(code.narrowed)
          at &+= 6
          continue
        }
      }
      out.put(byte == 43 ? 32 : byte)
      at &+= 1
    }
  }
}
