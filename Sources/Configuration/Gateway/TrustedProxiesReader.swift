import Firewall

/// `trustedProxies` of gateway.yaml: whose word is taken for where requests come from.
struct TrustedProxiesReader {
  let context: ReadingContext

  func read(_ root: ObjectReader) -> TrustedProxies? {
    guard let object = root.object("trustedProxies") else { return nil }
    object.refuseKeys(except: GatewayKeys.names(of: .trustedProxies), "`trustedProxies`")
    let header = object.word("header", TrustedProxies.Header.self) ?? .xForwardedFor
    guard let items = object.list("addresses") else {
      if object.value("addresses") == nil {
        context.findings.error(
          at: object.location, "`trustedProxies` needs the key `addresses`",
          suggestion: "write `addresses: [ 10.0.0.0/8 ]`, the networks that your proxies are in")
      }
      return nil
    }
    var blocks: [AddressBlock] = []
    var includesUnix = false
    for item in items {
      guard let node = context.library.resolve(item) else { continue }
      guard let text = node.scalar?.text else {
        context.findings.error(at: node.location, "each value of `addresses` must be text, not \(node.kindName)")
        continue
      }
      if text == "unix:" {
        includesUnix = true
        continue
      }
      do throws(AddressBlock.Flaw) {
        blocks.append(try AddressBlock(text))
      } catch {
        context.findings.error(at: node.location, "`\(ObjectReader.excerpt(text))` is no network: \(error.reason)")
      }
    }
    return TrustedProxies(AddressSet(blocks), includesUnix: includesUnix, header: header)
  }
}
