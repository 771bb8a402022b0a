import Foundation

/// Writes databases of MaxMind's kind for tests (maxmind.github.io/MaxMind-DB, version 2.0), with records of 24 bits.
///
///     tree | 16 zeros | data | 0xABCDEF "MaxMind.com" | metadata
struct MaxMindWriter {
  indirect enum Value {
    case text(String)
    case number(UInt32)
    case short(Int)
    case long(Int)
    case map([(String, Value)])
    case list([Value])
  }

  private enum Slot {
    case empty
    case node(Int)
    /// Where the data begins.
    case data(Int)
  }

  private let type: String
  private let isWide: Bool
  private var nodes: [(Slot, Slot)] = [(.empty, .empty)]
  private var data: [UInt8] = []

  /// - Parameter isWide: whether its tree is of IPv6, with IPv4 behind 96 zeros.
  init(type: String, isWide: Bool = true) {
    self.type = type
    self.isWide = isWide
  }

  /// A line for each network: `192.0.2.0/24 US-OR`, `2001:db8::/32 DE`, `198.51.100.0/24 AS64500`.
  init(lines: [String], isWide: Bool = true) {
    let isNetworks = lines.contains { $0.contains(" AS") }
    self.init(type: isNetworks ? "Test-ASN" : "Test-City", isWide: isWide)
    for line in lines {
      let words = line.split(separator: " ").map(String.init)
      guard words.count == 2 else { continue }
      insert(words[0], Self.value(words[1]))
    }
  }

  private static func value(_ word: String) -> Value {
    if word.hasPrefix("AS"), let number = UInt32(word.dropFirst(2)) {
      return .map([("autonomous_system_number", .number(number)), ("autonomous_system_organization", .text("Test"))])
    }
    let codes = word.split(separator: "-").map(String.init)
    let country = ("country", Value.map([("geoname_id", .number(1)), ("iso_code", .text(codes[0]))]))
    guard codes.count > 1 else { return .map([country]) }
    return .map([country, ("subdivisions", .list([.map([("iso_code", .text(codes[1]))])]))])
  }

  // MARK: The tree

  mutating func insert(_ block: String, _ value: Value) {
    let start = data.count
    data += Self.encoded(value)
    set(block, .data(start))
  }

  /// Has another way of writing IPv4 addresses lead to where they are.
  mutating func alias(_ block: String) {
    var node = 0
    for _ in 0..<96 {
      guard case .node(let next) = nodes[node].0 else { return }
      node = next
    }
    set(block, .node(node))
  }

  private mutating func set(_ block: String, _ slot: Slot) {
    let parts = block.split(separator: "/").map(String.init)
    guard parts.count == 2, let address = Self.bytes(parts[0]), let prefix = Int(parts[1]) else { return }
    let isPadded = isWide && address.count == 4
    let bytes = isPadded ? [UInt8](repeating: 0, count: 12) + address : address
    let length = isPadded ? prefix + 96 : prefix
    var node = 0
    for depth in 0..<length {
      let isRight = bytes[depth / 8] >> UInt8(7 - depth % 8) & 1 == 1
      let old = isRight ? nodes[node].1 : nodes[node].0
      if depth == length - 1 {
        if isRight { nodes[node].1 = slot } else { nodes[node].0 = slot }
      } else if case .node(let next) = old {
        node = next
      } else {
        nodes.append((old, old))
        let next = Slot.node(nodes.count - 1)
        if isRight { nodes[node].1 = next } else { nodes[node].0 = next }
        node = nodes.count - 1
      }
    }
  }

  private static func bytes(_ text: String) -> [UInt8]? {
    let isWide = text.contains(":")
    var bytes = [UInt8](repeating: 0, count: isWide ? 16 : 4)
    return inet_pton(isWide ? AF_INET6 : AF_INET, text, &bytes) == 1 ? bytes : nil
  }

  // MARK: Bytes

  /// The file.
  var bytes: [UInt8] {
    var out: [UInt8] = []
    for (left, right) in nodes { for slot in [left, right] { out += Self.bigEndian(record(slot), 3) } }
    out += [UInt8](repeating: 0, count: 16)
    out += data
    out += [0xAB, 0xCD, 0xEF] + Array("MaxMind.com".utf8)
    out += Self.encoded(
      .map([
        ("node_count", .number(UInt32(nodes.count))), ("record_size", .short(24)),
        ("ip_version", .short(isWide ? 6 : 4)), ("database_type", .text(type)), ("languages", .list([])),
        ("binary_format_major_version", .short(2)), ("binary_format_minor_version", .short(0)),
        ("build_epoch", .long(1)), ("description", .map([])),
      ]))
    return out
  }

  private func record(_ slot: Slot) -> Int {
    switch slot {
    case .empty: nodes.count
    case .node(let number): number
    case .data(let start): nodes.count + 16 + start
    }
  }

  private static func bigEndian(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
  }

  /// A control byte: the type in its upper three bits, the size below. A type above 7 follows in a byte of its own.
  private static func encoded(_ value: Value) -> [UInt8] {
    switch value {
    case .text(let text): control(2, text.utf8.count) + Array(text.utf8)
    case .number(let number): control(6, 4) + bigEndian(Int(number), 4)
    case .short(let number): control(5, 2) + bigEndian(number, 2)
    case .long(let number): control(9, 8) + bigEndian(number, 8)
    case .map(let members): control(7, members.count) + members.flatMap { encoded(.text($0.0)) + encoded($0.1) }
    case .list(let items): control(11, items.count) + items.flatMap { encoded($0) }
    }
  }

  private static func control(_ type: UInt8, _ size: Int) -> [UInt8] {
    let short = UInt8(min(size, 29))
    let type = type > 7 ? [short, type - 7] : [type << 5 | short]
    return size < 29 ? type : type + [UInt8(truncatingIfNeeded: size - 29)]
  }
}
