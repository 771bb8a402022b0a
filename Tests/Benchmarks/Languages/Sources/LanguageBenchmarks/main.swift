import Bytes
import Glibc
import JSON
import JSONPaths
import Velocity

/// Sees to it that nothing measured is optimised away.
nonisolated(unsafe) var sink = 0

final class NoParameters: ParameterSource {
  func parameter(_ location: ParameterLocation, _ name: String) -> String? { nil }
  func parameters(_ location: ParameterLocation) -> [(name: String, value: String)] { [] }
}

final class NoContext: ContextSource {
  func variable(_ name: String) -> String? { nil }
  func names(under prefix: String) -> [String] { [] }
}

func measureJSON(_ name: String, _ body: String) throws -> [Measurement] {
  let document = JSONDocument()
  let out = ByteBuffer(capacity: 1 << 21)
  return try Array(body.utf8).withUnsafeBytes { bytes in
    [
      try Measurement("parse \(name)", bytes: bytes.count, target: .megabytesPerSecond(400)) {
        try document.parse(bytes)
        sink &+= document.root.count
      },
      Measurement("write \(name)", bytes: bytes.count, target: .megabytesPerSecond(150)) {
        out.clear()
        JSONWriter.write(document.root, style: .smart, into: out)
        sink &+= out.count
      },
    ]
  }
}

func measurePath(_ text: String, _ body: String) throws -> Measurement {
  let document = try JSONDocument(parsing: body)
  let path = try JSONPath(text)
  return try Measurement("path \(text)", bytes: body.utf8.count) {
    switch try path.evaluate(document.root) {
    case .list(let nodes): sink &+= nodes.count
    case .value(let node): sink &+= node.count
    case .missing, .built: sink &+= 1
    }
  }
}

func measureTemplate(_ name: String, _ source: String, _ body: String, _ target: Measurement.Target) throws
  -> Measurement
{
  let template = try Template(source)
  let bytes = ByteBuffer(capacity: body.utf8.count)
  bytes.write(body)
  let out = ByteBuffer(capacity: body.utf8.count * 2)
  let scope = TemplateScope(parameters: NoParameters(), context: NoContext(), stageVariables: [])
  return try Measurement("template \(name)", bytes: body.utf8.count, target: target) {
    // As a connection does from request to request.
    scope.reset(stageVariables: [])
    scope.setBody(bytes)
    out.clear()
    try template.render(scope, into: out)
    sink &+= out.count
  }
}

let comments = #"""
  #set($inputRoot = $input.path('$'))
  [
  #foreach ($comment in $inputRoot)
  {
    "comment_id": $comment.id,
    "name": "$comment.name",
    "user": {
      "email": "$comment.email"
    },
    "text": "$util.escapeJavaScript($comment.body)"
  }#if($foreach.hasNext),#end
  #end
  ]
  """#

var measurements: [Measurement] = []
for (name, body) in [
  ("five comments", Bodies.fiveComments), ("comments", Bodies.comments(5000, indent: "")),
  ("comments, indented", Bodies.comments(5000, indent: "  ")), ("numbers", Bodies.numbers),
  ("Japanese", Bodies.japanese),
  ("escapes", Bodies.escapes), ("one object of many members", Bodies.manyMembers),
] {
  measurements += try measureJSON(name, body)
}
for path in ["$", "$[3].email", "$[*].name", "$..email", "$[?(@.id > 2)].name"] {
  measurements.append(try measurePath(path, Bodies.fiveComments))
}
// A third of what the oracle takes, rounded down (10.6 us).
measurements.append(
  try measureTemplate("five comments, parsing included", comments, Bodies.fiveComments, .seconds(3.5e-6)))
// A loop ends after a thousand rounds, so each comment carries more.
let large = (0..<900).map {
  #"{"id":\#($0),"name":"n","email":"e@example.org","body":"\#(String(repeating: "words and words ", count: 70))"}"#
}
measurements.append(
  try measureTemplate(
    "900 comments of a kilobyte", comments, "[\(large.joined(separator: ","))]", .megabytesPerSecond(150)))

for measurement in measurements { print(measurement.line) }
print("(\(sink))")
exit(measurements.allSatisfy(\.isMet) ? 0 : 1)
