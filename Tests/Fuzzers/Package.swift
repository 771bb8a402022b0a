// swift-tools-version: 6.2
// Fuzzing of the rooms that read what strangers send. A package of its own, so that nothing of it reaches the product; the
// rooms are the same files, linked from Sources/.
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6), .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
  name: "fuzzers",
  targets: [
    .target(name: "Bytes", swiftSettings: strict),
    .target(name: "HTTPSemantics", dependencies: ["Bytes"], swiftSettings: strict),
    .systemLibrary(name: "CNGHTTP2", pkgConfig: "libnghttp2", providers: [.apt(["libnghttp2-dev"])]),
    .target(name: "HTTPWire", dependencies: ["CNGHTTP2", "Bytes", "HTTPSemantics"], swiftSettings: strict),
    .target(name: "WireProperties", dependencies: ["Bytes", "HTTPSemantics", "HTTPWire"], swiftSettings: strict),
    .executableTarget(name: "CodecFuzzer", dependencies: ["WireProperties"], swiftSettings: strict),
  ]
)
