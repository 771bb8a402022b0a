import APIModel
import Edge
import Testing

@testable import Gateway

@Suite("A request at a distribution")
struct EdgeExchangeTests {
  @Test("a copy must know what was known, and go its own ways from there")
  func copying() {
    let first = Origin.api(APIOrigin(id: "first", api: "a", stage: nil, basePath: ""))
    let second = Origin.api(APIOrigin(id: "second", api: "b", stage: nil, basePath: ""))
    let behavior = CacheBehavior(
      pathPattern: nil, origin: first, failover: Failover(origin: second, statusCodes: [503]))
    let distribution = Distribution(
      aliases: ["*"], origins: [first, second], behaviors: [behavior],
      location: SourceLocation(file: "gateway.yaml", line: 1, column: 1))
    let exchange = EdgeExchange(distribution, behavior)
    exchange.isScreened = true
    let copy = EdgeExchange(copying: exchange)
    #expect(copy.distribution === distribution && copy.behavior === behavior && copy.isScreened)
    copy.origin = second
    copy.failover = nil
    copy.pageStatus = 404
    #expect(exchange.origin.id == "first" && exchange.failover != nil && exchange.pageStatus == nil)
  }
}
