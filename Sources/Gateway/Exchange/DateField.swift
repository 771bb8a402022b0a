import Bytes
import HTTPSemantics

/// The `Date` field line of every response, written once a second.
struct DateField {
  private let text = ByteBuffer(capacity: 64)
  private var second: Int64 = -1

  /// Appends `Date: …\r\n`.
  mutating func write(epochMilliseconds: Int64, into out: ByteBuffer) {
    out.write(line(epochMilliseconds: epochMilliseconds))
  }

  /// `Date: …\r\n`, until the next call.
  mutating func line(epochMilliseconds: Int64) -> UnsafeRawBufferPointer {
    let now = epochMilliseconds / 1000
    if now != second {
      second = now
      text.clear()
      text.write("Date: ")
      HTTPDate.write(epochSeconds: now, into: text)
      text.write("\r\n")
    }
    return text.readable
  }
}
