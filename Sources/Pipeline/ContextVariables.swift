import Bytes
import HTTPSemantics
import JSON
import Velocity

/// `$context` (spec § 4.9), for templates, mappings and gateway responses alike.
extension RequestValues: ContextSource {
  func variable(_ name: String) -> String? {
    switch name {
    case "requestId": text(facts.writeRequestID)
    case "extendedRequestId": text(facts.writeExtendedID)
    case "requestTime": text { RequestTime.write(facts.epochMilliseconds, into: $0) }
    case "requestTimeEpoch": String(facts.epochMilliseconds)
    case "apiId": deployment?.apiID
    case "accountId": deployment.map { _ in DeploymentPlan.accountID }
    case "stage": deployment?.stage
    case "deploymentId": deployment?.deploymentID
    case "isCanaryRequest": deployment?.isCanary.map { $0 ? "true" : "false" }
    case "httpMethod": method.name
    case "path": head.pathBytes.text
    case "protocol": facts.httpVersion.description
    case "resourcePath": plan?.resourcePath
    case "resourceId": plan?.resourceID
    case "domainName": domainName
    case "domainPrefix": domainName.flatMap { $0.split(separator: ".").first.map(String.init) }
    case "customDomain.basePathMatched": basePathMatched
    case "identity.sourceIp": facts.sender.clientAddress
    case "identity.userAgent": head.first(.userAgent).map { head.value(of: $0).text }
    case "identity.clientCert.clientCertPem": facts.sender.security?.clientCertificate?.pem
    case "identity.clientCert.subjectDN": facts.sender.security?.clientCertificate?.subject
    case "identity.clientCert.issuerDN": facts.sender.security?.clientCertificate?.issuer
    case "identity.clientCert.serialNumber": facts.sender.security?.clientCertificate?.serialNumber
    case "identity.clientCert.validity.notBefore": facts.sender.security?.clientCertificate?.notBefore
    case "identity.clientCert.validity.notAfter": facts.sender.security?.clientCertificate?.notAfter
    case "wafResponseCode": screening?.responseCode
    case "webaclArn": screening?.arn
    case "waf.status": screening.map { String($0.status) }
    case "waf.latency": screening.map { String($0.latencyMilliseconds) }
    case "error.message": failure?.message
    case "error.messageString": failure.map { $0.message.map(JSONWriter.quoted) ?? "null" }
    case "error.responseType": failure?.type?.rawValue
    case "error.validationErrorString": failure?.validationErrors
    default: nil
    }
  }

  func names(under prefix: String) -> [String] { [] }

  /// The host that the client asked for, without a port.
  private var domainName: String? {
    let authority = head.authorityBytes
    guard !authority.isEmpty else { return nil }
    if authority.first == UInt8(ascii: "["), let close = authority.firstIndex(of: UInt8(ascii: "]")) {
      return UnsafeRawBufferPointer(rebasing: authority[...close]).text
    }
    let end = authority.firstIndex(of: UInt8(ascii: ":")) ?? authority.count
    return UnsafeRawBufferPointer(rebasing: authority[..<end]).text
  }

  private func text(_ write: (ByteBuffer) -> Void) -> String {
    let buffer = ByteBuffer(capacity: 64)
    write(buffer)
    return buffer.readable.text
  }
}
