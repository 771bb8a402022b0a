import ArgumentParser
import Foundation
import TLSTermination

struct Cert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a certificate for development, from an authority of your own.",
    discussion: """
      The first call makes the authority, in certs/authority; tell your browser to trust it, and it believes every \
      certificate that this command makes, and nobody else's. Keep its key to yourself: who has it can pretend to be any \
      host before a browser that trusts it.

      One certificate is made for all the hosts that are named. It goes to certs/HOST, by the first of them, where a \
      listener with `tls: { certificates: ../certs }` finds it: a running gateway takes it in within two seconds.

          sluice cert localhost 127.0.0.1 ::1
          sluice cert app.example.test '*.example.test'
          sluice cert --client alice

      The last one is a client's, for a domain with mutualTlsAuthentication.
      """)

  @Argument(
    help: ArgumentHelp("Host names, `*.` and one, or IP addresses; with --client the client's name.", valueName: "host")
  )
  var hosts: [String]

  @Option(help: ArgumentHelp("The directory of certificates.", valueName: "dir"))
  var to = "certs"

  @Option(
    help: ArgumentHelp("How long it is good for: 1 to 825 days, which browsers accept at most.", valueName: "days"))
  var days = 397

  @Flag(help: "Make a client's certificate instead.")
  var client = false

  @Flag(help: "Replace one that is there.")
  var force = false

  func validate() throws {
    guard (1...825).contains(days) else { throw ValidationError("--days must be from 1 to 825.") }
    if client {
      guard hosts.count == 1, let name = hosts.first, !name.isEmpty, name.utf8.count <= 64, !name.contains("/"),
        !name.hasPrefix(".")
      else { throw ValidationError("--client takes one name, of up to 64 bytes and without a slash.") }
      return
    }
    for host in hosts where !DevelopmentAuthority.isHost(host) {
      throw ValidationError("`\(host)` is no host: write `app.example.test`, `*.example.test` or an IP address.")
    }
  }

  func run() throws {
    let now = Int64(Date().timeIntervalSince1970)
    let folder = IssuedFiles(directory: to)
    do {
      let (authority, isNew) = try folder.authority(at: now)
      let purpose: DevelopmentAuthority.Purpose =
        client ? .client(name: hosts[0]) : .server(names: hosts.map { $0.lowercased() })
      let name = hosts[0].lowercased().replacing("*", with: "_").replacing(":", with: "-")
      let directory = client ? "\(to)/clients/\(hosts[0])" : "\(to)/\(name)"
      let pair = try authority.issue(purpose, now: now, days: days)
      try folder.write(pair, to: directory, replacing: force)
      print("\(directory)/chain.pem  for \(hosts.joined(separator: ", ")), \(days) days")
      print("\(directory)/key.pem")
      if isNew { print(trust) }
    } catch let error as IssuedFiles.Failure {
      Terminal.error.print("sluice: \(error)")
      throw ExitCode.badData
    } catch let error as AuthorityError {
      Terminal.error.print("sluice: no certificate could be made: \(error)")
      throw ExitCode.internalError
    }
  }

  private var trust: String {
    let file = IssuedFiles(directory: to).authorityFile
    return """

      The authority is new, and trusted by nobody yet:
        curl           curl --cacert \(file) https://…
        Debian         sudo cp \(file) /usr/local/share/ca-certificates/sluice-development.crt
                       sudo update-ca-certificates
        Chrome         certutil -d sql:$HOME/.pki/nssdb -A -t C,, -n 'Sluice development' -i \(file)
        Firefox        Settings, Privacy & Security, View Certificates, Authorities, Import
        macOS          security add-trusted-cert -k ~/Library/Keychains/login.keychain-db \(file)
      """
  }
}

/// The files that `cert` writes: keys for nobody's eyes but the user's, and nothing twice.
struct IssuedFiles {
  enum Failure: Error, CustomStringConvertible {
    case exists(String)
    case system(String, Int32)
    case authority(String)

    var description: String {
      switch self {
      case .exists(let path): "\(path) is there already: --force replaces it"
      case .system(let path, let code): "\(path) cannot be written: \(String(cString: strerror(code)))"
      case .authority(let reason): "the authority cannot be used: \(reason)"
      }
    }
  }

  let directory: String

  var authorityFile: String { "\(directory)/authority/authority.pem" }
  private var authorityKey: String { "\(directory)/authority/authority-key.pem" }

  /// The authority that is there, or a new one.
  func authority(at now: Int64) throws -> (DevelopmentAuthority, isNew: Bool) {
    let files = FileManager.default
    if files.fileExists(atPath: authorityFile) || files.fileExists(atPath: authorityKey) {
      guard let certificate = try? String(contentsOfFile: authorityFile, encoding: .utf8),
        let key = try? String(contentsOfFile: authorityKey, encoding: .utf8)
      else { throw Failure.authority("\(authorityFile) and \(authorityKey) must both be there, and readable") }
      let pair = DevelopmentAuthority.IssuedPair(certificate: certificate, key: key)
      if let flaw = DevelopmentAuthority.flaw(of: pair, file: authorityFile, at: now) {
        throw Failure.authority("\(flaw); remove \(directory)/authority to make another")
      }
      return (DevelopmentAuthority(pair), false)
    }
    let host = ProcessInfo.processInfo.hostName
    let authority = try DevelopmentAuthority(named: "Sluice development on \(host)", now: now)
    try make(directory, mode: 0o755)
    try make("\(directory)/authority", mode: 0o700)
    try write(authority.issued.key, to: authorityKey, mode: 0o600)
    try write(authority.issued.certificate, to: authorityFile, mode: 0o644)
    return (authority, true)
  }

  /// Writes a pair, each file whole or not at all. Between the two the old chain stands beside the new key: a gateway that
  /// looks just then goes on with what it has.
  func write(_ pair: DevelopmentAuthority.IssuedPair, to folder: String, replacing: Bool) throws {
    let (chain, key) = ("\(folder)/chain.pem", "\(folder)/key.pem")
    if !replacing {
      for path in [chain, key] where FileManager.default.fileExists(atPath: path) { throw Failure.exists(path) }
    }
    try make(folder, mode: 0o755)
    try write(pair.key, to: key, mode: 0o600)
    try write(pair.certificate, to: chain, mode: 0o644)
  }

  private func make(_ path: String, mode: Int) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
    } catch {
      throw Failure.system(path, errno)
    }
  }

  private func write(_ text: String, to path: String, mode: mode_t) throws {
    let fresh = "\(path).\(getpid()).new"
    let descriptor = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard descriptor >= 0 else { throw Failure.system(fresh, errno) }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    do { try handle.write(contentsOf: Data(text.utf8)) } catch {
      unlink(fresh)
      throw Failure.system(fresh, errno)
    }
    guard rename(fresh, path) == 0 else {
      let code = errno
      unlink(fresh)
      throw Failure.system(path, code)
    }
  }
}
