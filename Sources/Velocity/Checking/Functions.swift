/// What `$input` and `$util` can do, with the number of arguments that each function takes.
enum Functions {
  static let input: [String: ClosedRange<Int>] = [
    "body": 0...0, "getBody": 0...0, "json": 1...1, "path": 1...1, "params": 0...1,
  ]
  static let util: [String: ClosedRange<Int>] = [
    "escapeJavaScript": 1...1, "parseJson": 1...1, "urlEncode": 1...1, "urlDecode": 1...1, "base64Encode": 1...1,
    "base64Decode": 1...1,
  ]

  /// Functions of AppSync's `$util`, which people write here, and what to write instead.
  static let elsewhere: [String: String] = [
    "qr": "AppSync has it; here write #set($ignored = …)",
    "quiet": "AppSync has it; here write #set($ignored = …)",
    "toJson": "AppSync has it; here write $input.json('$…')",
    "error": "AppSync has it; here set $context.responseOverride.status",
    "autoId": "AppSync has it; here write $context.requestId",
    "defaultIfNull": "AppSync has it; here write #if($x == $null) … #end",
    "isNull": "AppSync has it; here write $x == $null",
    "isNullOrEmpty": "AppSync has it; here write $x == \"\"",
  ]

  static func wording(_ counts: ClosedRange<Int>) -> String {
    switch (counts.lowerBound, counts.upperBound) {
    case (0, 0): "no argument"
    case (1, 1): "one argument"
    default: "\(counts.lowerBound) or \(counts.upperBound) arguments"
    }
  }
}

/// The variables of `$context`.
public enum ContextVariables {
  /// What `$context` has members for: a variable's name up to its first dot.
  public static let groups: Set<String> = open.subtracting(["class"]).union(
    known.map { String($0.prefix { $0 != "." }) })

  /// Groups whose members differ from request to request, or that templates write to.
  static let open: Set<String> = ["authorizer", "requestOverride", "responseOverride", "error", "class"]

  static let known: Set<String> = [
    "accountId", "apiId", "awsEndpointRequestId", "customDomain.basePathMatched", "deploymentId", "domainName",
    "domainPrefix", "extendedRequestId", "httpMethod", "isCanaryRequest", "path", "protocol", "requestId",
    "requestTime", "requestTimeEpoch", "resourceId", "resourcePath", "stage", "wafResponseCode", "webaclArn",
    "identity.accountId", "identity.apiKey", "identity.apiKeyId", "identity.caller", "identity.accessKey",
    "identity.cognitoAuthenticationProvider", "identity.cognitoAuthenticationType", "identity.cognitoIdentityId",
    "identity.cognitoIdentityPoolId", "identity.principalOrgId", "identity.sourceIp", "identity.user",
    "identity.userAgent", "identity.userArn", "identity.vpcId", "identity.vpceId", "identity.clientCert.clientCertPem",
    "identity.clientCert.subjectDN", "identity.clientCert.issuerDN", "identity.clientCert.serialNumber",
    "identity.clientCert.validity.notBefore", "identity.clientCert.validity.notAfter",
    // WebSocket APIs have these beside.
    "connectionId", "connectedAt", "eventType", "messageId", "messageDirection", "routeKey", "requestTimeEpochMillis",
  ]

  /// Variables of access logs, which templates cannot read.
  static let logged: Set<String> = [
    "authorize.error", "authorize.latency", "authorize.status", "authenticate.error", "authenticate.latency",
    "authenticate.status", "integration.error", "integration.integrationStatus", "integration.latency",
    "integration.requestId", "integration.status", "integrationErrorMessage", "integrationLatency",
    "integrationStatus", "responseLatency", "responseLength", "status", "waf.error", "waf.latency", "waf.status",
    "xrayTraceId", "endpointType", "tlsVersion", "cipherSuite",
  ]
}

/// Names that were probably meant.
enum Spelling {
  /// The nearest of the names, if one is near: at most a third of the letters differ.
  static func closest(to name: String, among names: some Sequence<String>) -> String? {
    let most = max(1, name.count / 3)
    var best: (name: String, distance: Int)?
    for candidate in names.sorted() {
      let distance = Spelling.distance(Array(name.lowercased().utf8), Array(candidate.lowercased().utf8))
      if distance <= most, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.name
  }

  /// Letters to insert, drop or change.
  private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
    if abs(one.count - other.count) > 8 { return .max }
    var row = Array(0...other.count)
    for (index, letter) in one.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for (place, otherLetter) in other.enumerated() {
        let change = diagonal + (letter == otherLetter ? 0 : 1)
        diagonal = row[place + 1]
        row[place + 1] = min(change, min(row[place], diagonal) + 1)
      }
    }
    return row[other.count]
  }
}
