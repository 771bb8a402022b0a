// swift-tools-version: 6.2
// Fuzzers under libFuzzer and AddressSanitizer. ../README.md says how to run them.
import PackageDescription

let fuzzed: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableUpcomingFeature("ExistentialAny"),
  .unsafeFlags(["-sanitize=fuzzer,address", "-enable-testing"]),
]

/// The rooms themselves, compiled for the fuzzer (`Rooms` links to the sources).
func room(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Rooms/\(name)", swiftSettings: fuzzed)
}

/// An executable whose one file defines `LLVMFuzzerTestOneInput`, and the entry point that SwiftPM looks for.
func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies, swiftSettings: fuzzed + [.unsafeFlags(["-parse-as-library"])],
    linkerSettings: [.unsafeFlags(["-sanitize=fuzzer,address", "-use-ld=lld"])])
}

let package = Package(
  name: "libfuzzer",
  targets: [
    .systemLibrary(name: "CPCRE2", path: "Rooms/CPCRE2", pkgConfig: "libpcre2-8"),
    .systemLibrary(name: "COpenSSL", path: "Rooms/COpenSSL", pkgConfig: "openssl"),
    room("Bytes"),
    room("JSON", ["Bytes"]),
    room("PCRE", ["CPCRE2"]),
    room("JSONPaths", ["Bytes", "JSON", "PCRE"]),
    room("Velocity", ["Bytes", "JSON", "JSONPaths", "PCRE"]),
    room("JSONSchema", ["Bytes", "HTTPSemantics", "JSON", "PCRE"]),
    room("Detection"),
    .systemLibrary(name: "CNGHTTP2", path: "Rooms/CNGHTTP2", pkgConfig: "libnghttp2"),
    room("HTTPSemantics", ["Bytes"]),
    room("HTTPWire", ["CNGHTTP2", "Bytes", "HTTPSemantics"]),
    room("Firewall", ["COpenSSL", "Bytes", "HTTPSemantics", "PCRE", "HTTPWire"]),
    .target(name: "FuzzerDriver"),
    fuzzer("FuzzHTTP2", ["Bytes", "HTTPSemantics", "HTTPWire", "FuzzerDriver"]),
    fuzzer("FuzzJSON", ["Bytes", "JSON", "FuzzerDriver"]),
    fuzzer("FuzzJSONSchema", ["JSON", "JSONSchema", "FuzzerDriver"]),
    fuzzer("FuzzJSONPath", ["JSON", "JSONPaths", "FuzzerDriver"]),
    fuzzer("FuzzSQLInjection", ["Detection", "FuzzerDriver"]),
    fuzzer("FuzzScreening", ["Bytes", "Firewall", "HTTPWire", "PCRE", "FuzzerDriver"]),
    fuzzer("FuzzScripting", ["Detection", "FuzzerDriver"]),
    fuzzer("FuzzVelocityLexer", ["Velocity", "FuzzerDriver"]),
    fuzzer("FuzzVelocityParser", ["Velocity", "FuzzerDriver"]),
    fuzzer("FuzzVelocityRenderer", ["Bytes", "Velocity", "FuzzerDriver"]),
  ])
