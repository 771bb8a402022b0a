/// What the variable segments of a route stood for in one request: places in the path that was matched.
///
/// Kept from request to request, so that matching allocates nothing once it has grown to the deepest route.
public struct Captures: Sendable {
  /// One for each variable of the matched resource, in the order of `RouteTree.parameterNames(of:)`; byte ranges of the
  /// path that was given to `match`.
  public internal(set) var ranges: ContiguousArray<Range<Int>> = []

  public init() { ranges.reserveCapacity(8) }

  mutating func clear() { ranges.removeAll(keepingCapacity: true) }
}
