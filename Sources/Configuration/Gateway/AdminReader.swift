import APIModel

/// The `admin` object of gateway.yaml.
extension GatewayReader {
  func admin(_ root: ObjectReader) -> AdminSettings {
    var admin = AdminSettings()
    let object = root.object("admin")
    object?.refuseKeys(except: GatewayKeys.names(of: .admin), "`admin`")
    if let node = object?.value("address"), let text = object?.string("address") {
      admin.isChosen = true
      do throws(Listener.Address.Flaw) {
        admin.address = try AdminSettings.address(text)
      } catch {
        findings.error(
          at: node.location, "`\(text)` is not an address: \(error.reason)",
          suggestion: "write `127.0.0.1:9440`, `unix:/run/sluice-admin.sock` or `off`")
      }
    }
    let written = object?.string("token")
    if let adminToken, !adminToken.isEmpty {
      admin.token = token(adminToken, "SLUICE_ADMIN_TOKEN", at: root.location)
    } else if let written, !written.isEmpty {
      admin.token = token(written, "`token`", at: object?.value("token")?.location ?? root.location)
    }
    if let flaw = admin.flaw {
      findings.error(at: object?.value("address")?.location ?? root.location, flaw)
    }
    return admin
  }

  private func token(_ text: String, _ what: String, at place: SourceLocation) -> String {
    if text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) {
      findings.error(at: place, "\(what) has no spaces and only characters of ASCII, since it stands in a header")
    } else if text.utf8.count < 16 {
      findings.warning(
        at: place, "\(what) has \(text.utf8.count) characters and can be guessed",
        suggestion: "write 16 or more, from `openssl rand -hex 16`")
    }
    return text
  }
}

extension AdminSettings {
  /// Reads an address of the admin listener; nil for `off`.
  public static func address(_ text: String) throws(Listener.Address.Flaw) -> Listener.Address? {
    text == "off" ? nil : try Listener.Address(text)
  }
}

extension ConfigurationLoader {
  /// What gateway.yaml says of the admin listener, whatever is wrong with the rest of it: who wants to have mistakes listed by
  /// a running gateway must find it all the same. Nil where the file cannot be read at all.
  ///
  /// SLUICE_ADMIN_TOKEN counts before what the file says, for the gateway and for the commands that speak to it.
  public static func admin(path: String, environment: [String: String], files: FileSource = .disk) -> AdminSettings? {
    let findings = Findings()
    let context = ReadingContext(library: DocumentLibrary(source: files, findings: findings), findings: findings)
    let place = SourceLocation(file: path, line: 1, column: 1)
    guard let document = context.library.document(path, at: place) else { return nil }
    let substituted = EnvironmentSubstitution(environment: environment, findings: findings).apply(to: document)
    return ObjectReader(substituted, "gateway.yaml", in: context).map(
      GatewayReader(context: context, adminToken: environment[adminToken]).admin)
  }
}
