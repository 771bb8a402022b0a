import CMaxMindDB
import Firewall

/// An open database: a tree whose branches are the bits of an address, and data at its leaves.
final class MaxMindDatabase {
  /// Why it is no good, as it follows the file's name.
  struct Flaw: Error {
    let reason: String

    static let damaged = Flaw(reason: "is damaged: it points to where there is nothing")
  }

  // The library's entries point to it: it must not move.
  private let database = UnsafeMutablePointer<MMDB_s>.allocate(capacity: 1)
  private let isOpen: Bool
  /// What data the leaves lead to comes to, by where it lies.
  private var values: [UInt32: UInt32] = [:]
  /// Branches that may still be looked at: in a tree, each is met once, or twice where IPv4 is a part of IPv6.
  private var patience = 0

  /// - Throws: where it is no database, or a later format.
  init(path: String) throws(Flaw) {
    let status = MMDB_open(path, UInt32(MMDB_MODE_MMAP), database)
    isOpen = status == MMDB_SUCCESS
    guard isOpen else {
      throw Flaw(reason: "is not a MaxMind database: \(String(cString: MMDB_strerror(status)))")
    }
  }

  deinit {
    if isOpen { MMDB_close(database) }
    database.deallocate()
  }

  /// As the file calls itself: `GeoLite2-Country`.
  private var type: String { database.pointee.metadata.database_type.map { String(cString: $0) } ?? "" }

  // MARK: What there is in it

  func countries() throws(Flaw) -> AddressMap {
    try map("countries") { entry throws(Flaw) in
      guard let country = try Self.text(entry, ["country", "iso_code"]) else { return 0 }
      return Place(country: country, region: try Self.text(entry, ["subdivisions", "0", "iso_code"])).packed
    }
  }

  func networks() throws(Flaw) -> AddressMap {
    try map("networks") { entry throws(Flaw) in
      guard let data = try Self.data(entry, ["autonomous_system_number"]) else { return 0 }
      return switch Int32(data.type) {
      case MMDB_DATA_TYPE_UINT16: UInt32(data.uint16)
      case MMDB_DATA_TYPE_UINT32: data.uint32
      case MMDB_DATA_TYPE_UINT64: UInt32(clamping: data.uint64)
      default: 0
      }
    }
  }

  private func map(
    _ what: String, _ value: (MMDB_entry_s) throws(Flaw) -> UInt32
  ) throws(Flaw) -> AddressMap {
    var builder = AddressMap.Builder()
    values.removeAll()
    patience = 2 * Int(database.pointee.metadata.node_count) + 2
    if database.pointee.metadata.ip_version == 4 {
      try descend(0, 0, 0, bits: 32, unless: nil, value) { builder.append(v4: UInt32(truncatingIfNeeded: $0), $1) }
    } else {
      let narrow = try narrowRoot()
      switch narrow {
      case .node(let node):
        try descend(node, 0, 0, bits: 32, unless: nil, value) { builder.append(v4: UInt32(truncatingIfNeeded: $0), $1) }
      case .leaf(let entry): builder.append(v4: 0, try known(entry, value))
      case .nothing: break
      }
      // What else leads to the branch of IPv4 are other ways of writing its addresses.
      try descend(0, 0, 0, bits: 128, unless: narrow.node, value) { builder.append(v6: $0, $1) }
    }
    if !values.values.contains(where: { $0 != 0 }) {
      throw Flaw(reason: "has no \(what) in it: it calls itself `\(type.prefix(60))`")
    }
    return AddressMap(builder)
  }

  // MARK: The tree

  private enum Record {
    case nothing
    case node(UInt32)
    case leaf(MMDB_entry_s)

    var node: UInt32? { if case .node(let number) = self { number } else { nil } }
  }

  private func records(of node: UInt32) throws(Flaw) -> (left: Record, right: Record) {
    patience -= 1
    guard patience >= 0 else { throw Flaw(reason: "is damaged: its branches lead back to themselves") }
    var both = MMDB_search_node_s()
    guard MMDB_read_node(database, node, &both) == MMDB_SUCCESS else { throw .damaged }
    return (
      try record(both.left_record_type, both.left_record, both.left_record_entry),
      try record(both.right_record_type, both.right_record, both.right_record_entry)
    )
  }

  private func record(_ type: UInt8, _ value: UInt64, _ entry: MMDB_entry_s) throws(Flaw) -> Record {
    switch Int32(type) {
    case MMDB_RECORD_TYPE_SEARCH_NODE: .node(UInt32(truncatingIfNeeded: value))
    case MMDB_RECORD_TYPE_EMPTY: .nothing
    case MMDB_RECORD_TYPE_DATA: .leaf(entry)
    default: throw .damaged
    }
  }

  /// Where IPv4 begins in a tree of IPv6: behind 96 zeros.
  private func narrowRoot() throws(Flaw) -> Record {
    var record = Record.node(0)
    for _ in 0..<96 {
      guard case .node(let node) = record else { break }
      record = try records(of: node).left
    }
    return record
  }

  /// Gives `visit` the leaves below a branch, with the address at which each begins.
  private func descend(
    _ node: UInt32, _ prefix: UInt128, _ depth: Int, bits: Int, unless other: UInt32?,
    _ value: (MMDB_entry_s) throws(Flaw) -> UInt32, _ visit: (UInt128, UInt32) -> Void
  ) throws(Flaw) {
    guard depth < bits else { throw .damaged }
    let records = try records(of: node)
    let half = UInt128(1) << UInt128(bits - 1 - depth)
    for (record, start) in [(records.left, prefix), (records.right, prefix | half)] {
      switch record {
      case .nothing: visit(start, 0)
      case .leaf(let entry): visit(start, try known(entry, value))
      case .node(let next) where next == other: visit(start, 0)
      case .node(let next): try descend(next, start, depth + 1, bits: bits, unless: other, value, visit)
      }
    }
  }

  private func known(
    _ entry: MMDB_entry_s, _ value: (MMDB_entry_s) throws(Flaw) -> UInt32
  ) throws(Flaw) -> UInt32 {
    if let known = values[entry.offset] { return known }
    let value = try value(entry)
    values[entry.offset] = value
    return value
  }

  // MARK: Data

  /// - Returns: nil where the path leads to nothing.
  private static func data(_ entry: MMDB_entry_s, _ path: [StaticString]) throws(Flaw) -> MMDB_entry_data_s? {
    var entry = entry
    var data = MMDB_entry_data_s()
    let names =
      path.map { UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self) as UnsafePointer? } + [nil]
    switch MMDB_aget_value(&entry, &data, names) {
    case MMDB_SUCCESS: return data.has_data ? data : nil
    case MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR: return nil
    default: throw .damaged
    }
  }

  private static func text(_ entry: MMDB_entry_s, _ path: [StaticString]) throws(Flaw) -> [UInt8]? {
    guard let data = try data(entry, path), Int32(data.type) == MMDB_DATA_TYPE_UTF8_STRING, let start = data.utf8_string
    else { return nil }
    return Array(UnsafeRawBufferPointer(start: start, count: Int(data.data_size)))
  }
}
