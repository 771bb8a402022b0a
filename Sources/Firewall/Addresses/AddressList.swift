import Bytes

/// The text of an IP set's file: one block a line, `#` and what follows it not read, empty lines neither.
public enum AddressList {
  /// A line that is no block.
  public struct Flaw: Error, Equatable {
    /// From 1.
    public let line: Int
    /// From 1, in bytes.
    public let column: Int
    /// At most 60 bytes of what stands there.
    public let text: String
    public let flaw: AddressBlock.Flaw
  }

  /// - Throws: the first line that is no block.
  public static func parse(_ bytes: UnsafeRawBufferPointer) throws(Flaw) -> [AddressBlock] {
    var blocks: [AddressBlock] = []
    blocks.reserveCapacity(bytes.count / 14)
    var line = 1
    var at = 0
    while at < bytes.count {
      var end = at
      var stop = -1
      while end < bytes.count, bytes[end] != 10 {
        if bytes[end] == 35, stop < 0 { stop = end }
        end &+= 1
      }
      var start = at
      var last = stop < 0 ? end : stop
      while start < last, bytes[start] == 32 || bytes[start] == 9 { start &+= 1 }
      while last > start, bytes[last &- 1] == 32 || bytes[last &- 1] == 9 || bytes[last &- 1] == 13 { last &-= 1 }
      if start < last {
        let text = UnsafeRawBufferPointer(rebasing: bytes[start..<last])
        do throws(AddressBlock.Flaw) {
          blocks.append(try AddressBlock(text))
        } catch {
          let excerpt = UnsafeRawBufferPointer(rebasing: text.prefix(60)).text
          throw Flaw(line: line, column: start &- at &+ 1, text: excerpt, flaw: error)
        }
      }
      line &+= 1
      at = end &+ 1
    }
    return blocks
  }

  public static func parse(_ bytes: [UInt8]) throws(Flaw) -> [AddressBlock] {
    let result: Result<[AddressBlock], Flaw> = bytes.withUnsafeBytes { bytes in
      do throws(Flaw) { return .success(try parse(bytes)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}
