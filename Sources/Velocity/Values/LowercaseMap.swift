/// The headers of a request whose names came in small letters: `X-Tenant` finds `x-tenant`.
final class LowercaseMap: MapObject {
  override func find(_ key: MapKey) -> Value? {
    if let value = super.find(key) { return value }
    guard case .text(let text) = key.value else { return nil }
    return super.find(MapKey(text.string.lowercased()))
  }
}
