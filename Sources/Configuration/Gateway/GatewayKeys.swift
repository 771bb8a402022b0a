/// Every key of gateway.yaml, once: the reader knows which ones there are from here, and so does the reference page.
public enum GatewayKeys {
  public enum Object: String, Sendable, CaseIterable {
    case root = "gateway.yaml"
    case listener = "listeners[]"
    case admin = "admin"
    case api = "apis[]"
    case stage = "apis[].stages[]"
    case domain = "domains[]"
    case mapping = "domains[].mappings[]"
    case distribution = "distributions[]"
    case origin = "distributions[].origins[]"
    case cacheControlRule = "distributions[].origins[].cacheControl[]"
    case originGroup = "distributions[].originGroups[]"
    case cacheBehavior = "distributions[].cacheBehaviors[], defaultCacheBehavior"
    case forwardedValues = "forwardedValues"
    case forwardedCookies = "forwardedValues.cookies"
    case cachePolicy = "cachePolicy"
    case customErrorResponse = "distributions[].customErrorResponses[]"
  }

  public struct Key: Sendable {
    public let object: Object
    public let name: String
    /// What may stand there.
    public let value: String
    /// Nil: it must be there.
    public let standard: String?
    public let prose: String
  }

  private static func key(
    _ object: Object, _ name: String, _ value: String, standard: String?, _ prose: String
  ) -> Key {
    Key(object: object, name: name, value: value, standard: standard, prose: prose)
  }

  public static let table: [Key] = [
    key(.root, "listeners", "list of listeners", standard: nil, "The addresses that connections are accepted on."),
    key(.root, "apis", "list of APIs", standard: nil, "The APIs that are served."),
    key(.root, "domains", "list of domains", standard: "none", "Host names of their own, and which API answers there."),
    key(
      .root, "distributions", "list of distributions", standard: "none",
      "Sites: hosts whose paths are answered by APIs, other servers and directories."),
    key(.root, "workers", "`auto` or 1 to 1024", standard: "auto", "Threads that serve; `auto` is one for each core."),
    key(
      .root, "logLevel", "`trace`, `debug`, `info`, `notice`, `warning`, `error`, `critical`", standard: "info",
      "How much the application log says."),
    key(.root, "admin", "object", standard: "below", "Where the running gateway listens to its operators."),
    key(.root, "limits", "object", standard: "the defaults below", "How much is taken from a peer."),
    key(.root, "timeouts", "object", standard: "the defaults below", "How long a peer is waited for."),

    key(
      .listener, "address", "`host:port`, `[v6]:port`, `:port` or `unix:/path`", standard: nil,
      "Port 0 lets the system choose one; a path without a slash in front is seen from the working directory."),

    key(
      .admin, "address", "`host:port`, `unix:/path` or `off`", standard: "`127.0.0.1:9440`",
      "Where `sluice reload`, `deploy` and their like find the gateway. An address that other machines reach needs a "
        + "token. `--admin` and SLUICE_ADMIN count before it."),
    key(
      .admin, "token", "text", standard: "none",
      "What operators must know, in `Authorization: Bearer …`. Better from the environment than in the file: "
        + "`\"${SLUICE_ADMIN_TOKEN:-}\"`."),

    key(
      .api, "name", "1 to 63 letters, digits, `-`, `_`", standard: nil,
      "What other keys call the API; also its id, which `$context.apiId` says."),
    key(
      .api, "definition", "path", standard: nil,
      "The OpenAPI 3.0, 3.1 or Swagger 2.0 document, from the folder of gateway.yaml."),
    key(.api, "stages", "list of stages", standard: nil, "The names under which the API is deployed."),
    key(
      .api, "basePath", "`ignore`, `prepend`, `split`", standard: "ignore",
      "What becomes of the definition's own base path: nothing; it comes before every path; or all but its first "
        + "segment does."),

    key(
      .stage, "name", "1 to 128 letters, digits, `-`, `_`", standard: nil,
      "The first segment of the API's paths where no domain is mapped."),
    key(
      .stage, "variables", "object of texts", standard: "none",
      "What `${stageVariables.name}` in the definition stands for."),

    key(.domain, "name", "host name, or `*.` and one", standard: nil, "`*.example.com` is every name one label below."),
    key(.domain, "mappings", "list of mappings", standard: nil, "Which API answers under which path."),

    key(.mapping, "path", "path", standard: "`/`", "The base path; the longest that matches counts."),
    key(.mapping, "api", "name of an API", standard: nil, "The API that answers below the path."),
    key(
      .mapping, "stage", "name of a stage", standard: "from the request",
      "Without it the first segment behind the base path names the stage."),
  ] + DistributionKeys.table

  static func names(of object: Object) -> [String] { table.filter { $0.object == object }.map(\.name) }
}
