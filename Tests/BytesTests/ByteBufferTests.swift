import Testing

@testable import Bytes

struct ByteBufferTests {
  private func written(_ body: (ByteBuffer) -> Void) -> String {
    let buffer = ByteBuffer()
    body(buffer)
    return buffer.readable.text
  }

  @Test("a new buffer must be empty and have at least 64 bytes of room", arguments: [0, 1, 63, 64, 65, 4_096])
  func capacity(_ wanted: Int) {
    let buffer = ByteBuffer(capacity: wanted)
    #expect(buffer.isEmpty && buffer.count == 0 && buffer.readable.isEmpty)
    #expect(buffer.capacity == max(wanted, 64))
    #expect(buffer.writable.count == buffer.capacity)
  }

  @Test("what is written must be read, in order, however it was given")
  func writing() {
    let bytes = written { buffer in
      buffer.write("static, " as StaticString)
      buffer.write("a string with ü, " as String)
      buffer.write("a substring, and more".prefix(11))
      buffer.write(Array(" bytes".utf8))
      buffer.write(byte: UInt8(ascii: "!"))
      buffer.write(UnsafeRawBufferPointer(start: nil, count: 0))
    }
    #expect(bytes == "static, a string with ü, a substring bytes!")
  }

  @Test("writing beyond the capacity must keep every byte", arguments: [63, 64, 65, 1_000, 100_000])
  func growth(_ count: Int) {
    let buffer = ByteBuffer(capacity: 64)
    for index in 0..<count { buffer.write(byte: UInt8(truncatingIfNeeded: index &* 7)) }
    #expect(buffer.count == count && buffer.capacity >= count)
    #expect(buffer.readable.elementsEqual((0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7) }))
  }

  @Test("growing must at least double the capacity, and reach what is needed")
  func growthFactor() {
    let buffer = ByteBuffer(capacity: 64)
    buffer.write(byte: 1)
    buffer.reserve(63)
    #expect(buffer.capacity == 64)
    buffer.reserve(64)
    #expect(buffer.capacity == 128)
    buffer.reserve(10_000)
    #expect(buffer.capacity == 10_001)
    #expect(Array(buffer.readable) == [1])
  }

  @Test("growing must keep the places of bytes, consumed ones too")
  func growthKeepsOffsets() {
    let buffer = ByteBuffer(capacity: 64)
    buffer.write("0123456789")
    buffer.consume(4)
    buffer.write(Array(repeating: UInt8(ascii: "x"), count: 200))
    #expect(buffer.readIndex == 4)
    #expect(buffer[0..<10].text == "0123456789")
    #expect(buffer[4..<6].text == "45")
  }

  @Test("consuming must leave the rest, and the whole room once nothing is left")
  func consuming() {
    let buffer = ByteBuffer(capacity: 64)
    buffer.write("abcdef")
    buffer.consume(0)
    #expect(buffer.readable.text == "abcdef")
    buffer.consume(2)
    #expect(buffer.readable.text == "cdef" && buffer.count == 4)
    buffer.consume(4)
    #expect(buffer.isEmpty && buffer.readIndex == 0 && buffer.writable.count == 64)
  }

  @Test("compacting must move what is readable to the front, overlapping or not", arguments: [1, 5, 9])
  func compacting(_ consumed: Int) {
    let buffer = ByteBuffer(capacity: 64)
    buffer.write("0123456789")
    buffer.consume(consumed)
    buffer.compact()
    #expect(buffer.readIndex == 0 && buffer.writeIndex == 10 - consumed)
    #expect(buffer.readable.text == String("0123456789".dropFirst(consumed)))
    buffer.write("!")
    #expect(buffer.readable.text == "0123456789".dropFirst(consumed) + "!")
  }

  @Test("compacting a buffer that nothing was taken from must change nothing")
  func compactingNothing() {
    let buffer = ByteBuffer(capacity: 64)
    buffer.compact()
    #expect(buffer.isEmpty)
    buffer.write("abc")
    buffer.compact()
    #expect(buffer.readable.text == "abc" && buffer.readIndex == 0)
  }

  @Test("clearing must forget the bytes and keep the allocation")
  func clearing() {
    let buffer = ByteBuffer(capacity: 64)
    buffer.write(Array(repeating: 1, count: 500))
    buffer.consume(20)
    let capacity = buffer.capacity
    buffer.clear()
    #expect(buffer.isEmpty && buffer.capacity == capacity && buffer.writable.count == capacity)
  }

  @Test("shrinking must forget the bytes and keep 64 bytes of room", arguments: [64, 65, 5_000])
  func shrinking(_ capacity: Int) {
    let buffer = ByteBuffer(capacity: capacity)
    buffer.write("abc")
    buffer.consume(1)
    buffer.shrink()
    #expect(buffer.isEmpty && buffer.readIndex == 0 && buffer.capacity == 64)
    buffer.write("still here")
    #expect(buffer.readable.text == "still here")
  }

  @Test("by how much buffers have grown must be known without looking at them, and no longer when they have shrunk")
  func notedGrowth() {
    let growth = BufferGrowth()
    let (first, second) = (ByteBuffer(capacity: 100, noting: growth), ByteBuffer(capacity: 64, noting: growth))
    first.reserve(100)
    #expect(growth.bytes == 0)
    first.reserve(101)
    second.reserve(1000)
    #expect(growth.bytes == first.capacity - 100 + second.capacity - 64)
    first.shrink()
    second.shrink()
    #expect(growth.bytes == 64 - 100)
  }

  @Test("what others put into the free room must be readable once it is announced")
  func filling() {
    let buffer = ByteBuffer(capacity: 64)
    buffer.write("ab")
    buffer.writable[0] = UInt8(ascii: "c")
    buffer.writable[1] = UInt8(ascii: "d")
    #expect(buffer.count == 2)
    buffer.didWrite(2)
    #expect(buffer.readable.text == "abcd")
  }

  @Test(
    "a number must be written in decimal digits as Swift writes it",
    arguments: [
      0, 1, 9, 10, 11, 99, 100, 101, 999, 1_000, 65_535, 4_294_967_295, 4_294_967_296, 999_999_999_999_999_999,
      1_000_000_000_000_000_000, .max, -1, -9, -10, -1_000, -9_223_372_036_854_775_807, .min,
    ] as [Int])
  func decimal(_ value: Int) {
    #expect(written { $0.write(decimal: value) } == "\(value)")
  }

  @Test("every power of ten, and its neighbours, must be written with the right number of digits")
  func powersOfTen() {
    var power = 1
    for _ in 0..<18 {
      power *= 10
      for value in [power - 1, power, power + 1, -power, 1 - power] {
        #expect(written { $0.write(decimal: value) } == "\(value)")
      }
    }
  }

  @Test("a number of 20 characters must fit behind a buffer that is full")
  func decimalGrows() {
    let text = written { buffer in
      buffer.write(Array(repeating: UInt8(ascii: " "), count: buffer.capacity))
      buffer.write(decimal: .min)
    }
    #expect(text.drop { $0 == " " } == "-9223372036854775808")
  }

  @Test(
    "a number must be written in hexadecimal digits without leading zeros",
    arguments: [0, 1, 9, 10, 15, 16, 255, 256, 4_095, 4_096, 0xdead_beef, UInt(Int.max), UInt(Int.max) + 1, .max]
      as [UInt])
  func hexadecimal(_ value: UInt) {
    #expect(written { $0.write(hexadecimal: value) } == String(value, radix: 16))
  }

  @Test("bytes must be compared with a text whole")
  func equality() {
    "Host".utf8.map { $0 }.withUnsafeBytes { bytes in
      #expect(bytes.equals("Host") && !bytes.equals("host") && !bytes.equals("Hos") && !bytes.equals("Hosts"))
      #expect(
        bytes.equalsIgnoringCase("host") && !bytes.equalsIgnoringCase("hos") && !bytes.equalsIgnoringCase("hosts"))
    }
    #expect(UnsafeRawBufferPointer(start: nil, count: 0).equals(""))
  }

  @Test("only letters may differ in case")
  func caseFolding() {
    // "@" and "`", "[" and "{" differ in the same bit as "A" and "a".
    for (byte, other) in [("@", "`"), ("[", "{"), ("^", "~")] as [(String, StaticString)] {
      Array(byte.utf8).withUnsafeBytes { #expect(!$0.equalsIgnoringCase(other)) }
    }
    Array("AZaz09-_".utf8).withUnsafeBytes { #expect($0.equalsIgnoringCase("azaz09-_")) }
  }

  @Test("bytes that are no UTF-8 must be shown with U+FFFD")
  func text() {
    [UInt8]([0x61, 0xff, 0x62]).withUnsafeBytes { #expect($0.text == "a\u{fffd}b") }
  }
}
