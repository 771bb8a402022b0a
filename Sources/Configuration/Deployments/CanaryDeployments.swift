import APIModel

/// Where a configuration finds the deployments that its canaries are of.
public struct DeploymentLookup {
  let content: (_ number: Int) throws(DeploymentFlaw) -> ConfigurationFiles

  public init(_ content: @escaping (_ number: Int) throws(DeploymentFlaw) -> ConfigurationFiles) {
    self.content = content
  }

  /// There are none.
  public static var none: DeploymentLookup {
    DeploymentLookup { number throws(DeploymentFlaw) in throw .missing(number, among: []) }
  }
}

extension DeploymentStore {
  public var lookup: DeploymentLookup {
    DeploymentLookup { number throws(DeploymentFlaw) in try self.content(number) }
  }
}

/// The API definitions of the deployments that canaries name, each deployment read once.
final class CanaryDeployments {
  /// Why there is no such definition.
  struct Flaw: Error { let message: String }

  private let place: ConfigurationPlace
  private let environment: [String: String]
  private let lookup: DeploymentLookup
  private var known: [Int: Result<[RestAPI], Flaw>] = [:]

  init(_ place: ConfigurationPlace, _ environment: [String: String], _ lookup: DeploymentLookup) {
    self.place = place
    self.environment = environment
    self.lookup = lookup
  }

  /// The definition that the API `id` had in deployment `number`.
  func api(_ id: String, of number: Int) throws(Flaw) -> RestAPI {
    let result = known[number] ?? read(number)
    known[number] = result
    guard let api = try result.get().first(where: { $0.id == id }) else {
      throw Flaw(message: "deployment \(number) has no API `\(id)`")
    }
    return api
  }

  private func read(_ number: Int) -> Result<[RestAPI], Flaw> {
    do throws(DeploymentFlaw) {
      let findings = Findings()
      let (description, _) = ConfigurationLoader.describe(
        place.path, environment, try lookup.content(number).source(at: place), findings)
      if let error = findings.sorted.first(where: { $0.severity == .error }) {
        return .failure(Flaw(message: "deployment \(number) cannot be read: \(error)"))
      }
      return .success(description?.apis.map(\.api) ?? [])
    } catch {
      return .failure(Flaw(message: error.description))
    }
  }
}
