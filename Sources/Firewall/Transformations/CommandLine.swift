/// CMD_LINE: what shells overlook is taken away, so that `c^m"d" /c` and `CMD/C` are the same.
///
/// Deletes `\ " ' ^`; deletes spaces before `/` and `(`; makes `,` and `;` spaces, runs of spaces one, and capitals small.
enum CommandLine {
  enum Escapes { case both, windows, unix }

  static func run(_ text: UnsafeRawBufferPointer, removing escapes: Escapes, into out: inout Output) {
    for byte in text {
      switch byte {
      case 92, 39:  // \ '
        if escapes == .windows { out.put(byte) }
      case 34: continue  // "
      case 94:  // ^
        if escapes == .unix { out.put(byte) }
      case 32, 44, 59, 9, 10, 11, 12, 13:  // , ; and white space
        if out.last != 32 { out.put(32) }
      case 47, 40:  // / (
        if out.last == 32 { out.removeLast(1) }
        out.put(byte)
      default: out.put(byte &- 65 < 26 ? byte | 32 : byte)
      }
    }
  }
}
