import CMaxMindDB
import Firewall
import FuzzerDriver
import Glibc

@testable import Configuration

@_cdecl("FuzzMaxMind_main")
public func main(_ count: Int32, _ arguments: Arguments) -> Int32 {
  runFuzzer(count, arguments) { testOneInput($0, $1) }
}

/// A database of MaxMind's kind, damaged: it is refused, or what was made of it says of an IPv4 address what the library says.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let file = cmaxminddb_memory_file()
  guard file >= 0, let start, write(file, start, count) == count else {
    close(file)
    return 0
  }
  defer { close(file) }
  let path = "/proc/self/fd/\(file)"
  guard let database = try? MaxMindDatabase(path: path) else { return 0 }
  _ = try? database.countries()
  guard let map = try? database.networks(), let again = try? database.networks() else { return 0 }
  for address in ["0.0.0.0", "1.2.3.4", "127.255.255.255", "128.0.0.0", "192.0.2.1", "192.0.3.255", "255.255.255.255"] {
    guard let parsed = IPAddress(address) else { continue }
    require(map.value(of: parsed) == again.value(of: parsed), "\(address) has two values")
    if let theirs = number(of: address, in: path) {
      require(map.value(of: parsed) == theirs, "\(address): \(map.value(of: parsed)), the library says \(theirs)")
    }
  }
  return 0
}

/// The number of the autonomous system, as the library looks it up; nil where it finds something wrong.
private func number(of address: String, in path: String) -> UInt32? {
  var database = MMDB_s()
  guard MMDB_open(path, UInt32(MMDB_MODE_MMAP), &database) == MMDB_SUCCESS else { return nil }
  defer { MMDB_close(&database) }
  var (nameError, error): (Int32, Int32) = (0, 0)
  var result = MMDB_lookup_string(&database, address, &nameError, &error)
  guard nameError == 0, error == MMDB_SUCCESS else { return nil }
  guard result.found_entry else { return 0 }
  var data = MMDB_entry_data_s()
  let status = "autonomous_system_number".withCString { name in
    MMDB_aget_value(&result.entry, &data, [name, nil])
  }
  if status == MMDB_LOOKUP_PATH_DOES_NOT_MATCH_DATA_ERROR { return 0 }
  guard status == MMDB_SUCCESS, data.has_data else { return nil }
  switch Int32(data.type) {
  case MMDB_DATA_TYPE_UINT16: return UInt32(data.uint16)
  case MMDB_DATA_TYPE_UINT32: return data.uint32
  case MMDB_DATA_TYPE_UINT64: return UInt32(clamping: data.uint64)
  default: return 0
  }
}
