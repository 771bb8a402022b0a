import Bytes
import HTTPSemantics
import HTTPWire
import Glibc

/// Field lines that stand behind one another in a head and are copied in one piece.
///
///     Accept: */*␍␊Host: a␍␊X-One: 1␍␊X-Two: 2␍␊
///     └── run ────┘         └─────── run ──────┘
///
/// It holds the place of the head's bytes rather than the head, whose references would be counted. The head's buffer must stay as
/// it is until `flush`.
struct FieldRun {
  private let base: UnsafeRawPointer
  /// How many bytes there are.
  private let count: Int
  private var start = 0
  /// Behind the last line's CRLF; equal to `start`: nothing taken.
  private var end = 0

  init(_ head: MessageHead) {
    base = head.buffer.base
    count = head.buffer.writeIndex
  }

  private func bytes(_ start: Int, _ end: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: base + start, count: end &- start)
  }

  /// Takes a line; the lines before it are written first if it does not follow them directly.
  @inline(__always)
  mutating func take(_ field: FieldSlice, into out: ByteBuffer) {
    let nameStart = Int(field.nameStart)
    let colon = nameStart &+ Int(field.nameCount)
    let valueEnd = Int(field.valueStart) &+ Int(field.valueCount)
    // As nearly all lines are written: `Name: value CRLF`, nothing more.
    guard Int(field.valueStart) == colon &+ 2, valueEnd &+ 2 <= count,
      base.loadUnaligned(fromByteOffset: colon, as: UInt16.self) == UInt16(littleEndian: 0x203A),
      base.loadUnaligned(fromByteOffset: valueEnd, as: UInt16.self) == UInt16(littleEndian: 0x0A0D)
    else {
      flush(into: out)
      FieldLine.write(
        name: bytes(nameStart, colon), value: bytes(Int(field.valueStart), valueEnd), into: out)
      return
    }
    if nameStart != end {
      flush(into: out)
      start = nameStart
    }
    end = valueEnd &+ 2
  }

  @inline(__always)
  mutating func flush(into out: ByteBuffer) {
    if end > start { out.write(bytes(start, end)) }
    start = 0
    end = 0
  }
}

enum ByteScanning {
  /// Where the next line feed is.
  static func newline(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int? {
    guard let base = bytes.baseAddress, start < bytes.count,
      let found = memchr(base + start, 10, bytes.count &- start)
    else { return nil }
    return UnsafeRawPointer(found) - base
  }
}
