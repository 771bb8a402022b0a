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
    room("APIModel"),
    room("Routing", ["Bytes", "APIModel", "HTTPSemantics"]),
    room("CacheRules", ["Bytes", "HTTPSemantics", "HTTPWire"]),
    room("StaticFiles", ["Bytes", "HTTPSemantics", "HTTPWire"]),
    room(
      "Pipeline",
      [
        "Bytes", "HTTPSemantics", "JSON", "PCRE", "JSONPaths", "JSONSchema", "Velocity", "APIModel", "HTTPWire",
        "Routing", "CacheRules",
      ]),
    room("Edge", ["Bytes", "HTTPSemantics", "HTTPWire", "APIModel", "Routing", "StaticFiles", "Pipeline"]),
    .target(name: "CLinux", path: "Rooms/CLinux"),
    room("Reactor", ["CLinux", "Bytes"]),
    room("TLSTermination", ["COpenSSL", "CLinux", "Reactor", "APIModel"]),
    room("CacheStore", ["Bytes", "HTTPSemantics", "CacheRules", "Reactor"]),
    .systemLibrary(name: "CMaxMindDB", path: "Rooms/CMaxMindDB", pkgConfig: "libmaxminddb"),
    // What is read of databases and of operators; the rest of the room needs other packages.
    room("Configuration", ["COpenSSL", "CMaxMindDB", "APIModel", "Firewall", "JSON"]),
    room("WireProperties", ["Bytes", "HTTPSemantics", "HTTPWire"]),
    .target(name: "FuzzerDriver"),
    fuzzer("FuzzAdmin", ["Configuration", "Firewall", "FuzzerDriver"]),
    fuzzer("FuzzCacheFiles", ["Bytes", "HTTPWire", "CacheRules", "CacheStore", "FuzzerDriver"]),
    fuzzer("FuzzCaching", ["Bytes", "HTTPSemantics", "HTTPWire", "StaticFiles", "CacheRules", "FuzzerDriver"]),
    fuzzer("FuzzClientHello", ["TLSTermination", "FuzzerDriver"]),
    fuzzer("FuzzFieldValues", ["Bytes", "HTTPSemantics", "StaticFiles", "CacheRules", "FuzzerDriver"]),
    fuzzer(
      "FuzzForwarding",
      ["CNGHTTP2", "Bytes", "HTTPSemantics", "HTTPWire", "Edge", "Pipeline", "WireProperties", "FuzzerDriver"]),
    fuzzer("FuzzHTTP1", ["WireProperties", "FuzzerDriver"]),
    fuzzer("FuzzHTTP2", ["Bytes", "HTTPSemantics", "HTTPWire", "FuzzerDriver"]),
    fuzzer("FuzzHTTP2Client", ["Bytes", "HTTPSemantics", "HTTPWire", "FuzzerDriver"]),
    fuzzer("FuzzJSON", ["Bytes", "JSON", "FuzzerDriver"]),
    fuzzer("FuzzJSONSchema", ["JSON", "JSONSchema", "FuzzerDriver"]),
    fuzzer("FuzzJSONPath", ["JSON", "JSONPaths", "FuzzerDriver"]),
    fuzzer("FuzzMaxMind", ["CMaxMindDB", "Configuration", "Firewall", "FuzzerDriver"]),
    fuzzer(
      "FuzzPipeline",
      ["APIModel", "Bytes", "HTTPSemantics", "HTTPWire", "JSON", "Pipeline", "WireProperties", "FuzzerDriver"]),
    fuzzer("FuzzProxies", ["Bytes", "Firewall", "HTTPWire", "FuzzerDriver"]),
    fuzzer("FuzzSQLInjection", ["Detection", "FuzzerDriver"]),
    fuzzer("FuzzScreening", ["Bytes", "Firewall", "HTTPWire", "PCRE", "FuzzerDriver"]),
    fuzzer("FuzzScripting", ["Detection", "FuzzerDriver"]),
    fuzzer("FuzzStaple", ["COpenSSL", "TLSTermination", "FuzzerDriver"]),
    fuzzer("FuzzVelocityLexer", ["Velocity", "FuzzerDriver"]),
    fuzzer("FuzzVelocityParser", ["Velocity", "FuzzerDriver"]),
    fuzzer("FuzzVelocityRenderer", ["Bytes", "Velocity", "FuzzerDriver"]),
  ])
