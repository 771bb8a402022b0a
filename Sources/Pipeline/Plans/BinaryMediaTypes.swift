import Bytes

/// The media types whose payloads are bytes rather than text (spec § 3.3).
struct BinaryMediaTypes: Sendable {
  /// In small letters, without parameters. `image/` stands for `image/*`.
  private var exact: [[UInt8]] = []
  private var families: [[UInt8]] = []
  private var everything = false

  var isEmpty: Bool { !everything && exact.isEmpty && families.isEmpty }

  init(_ entries: [String]) {
    for entry in entries {
      let essence = (entry.split(separator: ";").first ?? "").lowercased().filter { $0 != " " }
      if essence == "*/*" {
        everything = true
      } else if essence.isEmpty || essence.hasPrefix("*") {
        continue  // `*/test` never matches
      } else {
        exact.append(Array(essence.utf8))
        if essence.hasSuffix("/*") { families.append(Array(essence.dropLast().utf8)) }
      }
    }
  }

  /// - Parameter mediaType: without parameters; nil: the message does not say, which only `*/*` takes for binary.
  func contains(_ mediaType: UnsafeRawBufferPointer?) -> Bool {
    if everything { return true }
    guard let mediaType else { return false }
    return exact.contains { $0.withUnsafeBytes { $0.equalsIgnoringCase(mediaType) } }
      || families.contains { family in
        guard mediaType.count > family.count else { return false }
        return family.withUnsafeBytes {
          $0.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: mediaType[..<family.count]))
        }
      }
  }
}
