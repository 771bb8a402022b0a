import Bytes
import HTTPSemantics

/// The `Date` field line of every response, written once a second.
struct DateField {
  private let line = ByteBuffer(capacity: 64)
  private var second: Int64 = -1

  /// Appends `Date: …\r\n`.
  mutating func write(epochMilliseconds: Int64, into out: ByteBuffer) {
    let now = epochMilliseconds / 1000
    if now != second {
      second = now
      line.clear()
      line.write("Date: ")
      HTTPDate.write(epochSeconds: now, into: line)
      line.write("\r\n")
    }
    out.write(line.readable)
  }
}
