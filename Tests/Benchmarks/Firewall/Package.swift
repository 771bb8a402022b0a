// swift-tools-version: 6.2
// What the firewall costs, in process. A package of its own, so that nothing of it reaches the product; the rooms are the same
// files, linked from Sources/, with the settings that the product has.
import PackageDescription

let hot: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .unsafeFlags(["-cross-module-optimization", "-enforce-exclusivity=unchecked"], .when(configuration: .release)),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Rooms/\(name)", swiftSettings: hot)
}

let package = Package(
  name: "firewall-benchmarks",
  targets: [
    .systemLibrary(name: "CPCRE2", path: "Rooms/CPCRE2", pkgConfig: "libpcre2-8"),
    .systemLibrary(name: "COpenSSL", path: "Rooms/COpenSSL", pkgConfig: "libcrypto"),
    .systemLibrary(name: "CNGHTTP2", path: "Rooms/CNGHTTP2", pkgConfig: "libnghttp2"),
    room("Bytes"),
    room("HTTPSemantics", ["Bytes"]),
    room("PCRE", ["CPCRE2"]),
    room("HTTPWire", ["CNGHTTP2", "Bytes", "HTTPSemantics"]),
    room("Firewall", ["COpenSSL", "Bytes", "HTTPSemantics", "PCRE", "HTTPWire"]),
    .executableTarget(
      name: "FirewallBenchmarks", dependencies: ["Bytes", "HTTPWire", "PCRE", "Firewall"], swiftSettings: hot),
  ])
