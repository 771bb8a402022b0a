import Testing

@testable import Velocity

/// No template and no body may hang a worker, exhaust its memory or end its process.
@Suite("Limits")
struct LimitTests {
  private func limits(_ change: (inout RenderLimits) -> Void) -> RenderLimits {
    var limits = RenderLimits()
    change(&limits)
    return limits
  }

  @Test("a loop must go round 1,000 times at most")
  func iterations() throws {
    #expect(try rendered("#foreach($x in [1..1000])$foreach.count #end").hasSuffix("1000 "))
    let error = try failure("a\n#foreach($x in [1..1001])\n$x#end")
    #expect(error.reason == .tooManyIterations)
    #expect(error.line == 2)
    #expect(error.message.contains("1000"))
  }

  @Test("output beyond its limit must end the rendering")
  func output() throws {
    let few = limits { $0.outputBytes = 100 }
    #expect(try failure("#foreach($x in [1..1000])0123456789#end", limits: few).reason == .outputTooLarge)
    #expect(try failure("#set($s = 'x')$s.repeat(1000)", limits: few).reason == .outputTooLarge)
    #expect(
      try failure("#foreach($x in [1..1000])#set($s = \"$!s 0123456789\")#end", limits: few).reason == .outputTooLarge)
  }

  @Test("loops within loops must come to an end")
  func steps() throws {
    let template = String(repeating: "#foreach($x in [1..1000])", count: 6) + "a" + String(repeating: "#end", count: 6)
    #expect(try failure(template, limits: limits { $0.outputBytes = 1 << 30 }).reason == .tooManySteps)
  }

  @Test("texts that double again and again must come to an end")
  func doubling() throws {
    #expect(throws: RenderError.self) { try rendered("#set($s = 'ab')#foreach($x in [1..1000])#set($s = $s + $s)#end") }
    #expect(throws: RenderError.self) {
      try rendered(
        "#set($l = [])#set($s = 'ab')#set($s = $s.repeat(100000))#foreach($x in [1..1000])#set($ok = $l.add($s.concat('c')))#end"
      )
    }
  }

  @Test("values that contain themselves many times over must not be printed for ever")
  func sharing() throws {
    #expect(throws: RenderError.self) {
      try rendered(
        "#set($l = [1])#foreach($x in [1..60])#set($l = [$l, $l])#end$l", limits: limits { $0.outputBytes = 1 << 16 })
    }
    #expect(throws: RenderError.self) {
      try rendered(
        "#set($l = [1])#set($m = [1])#foreach($x in [1..60])#set($l = [$l, $l])#set($m = [$m, $m])#end#if($l == $m)y#end"
      )
    }
  }

  @Test("a list that contains itself must be printed as Java does, and in a ring must fail")
  func rings() throws {
    #expect(try rendered("#set($l = [1])#set($ok = $l.add($l))$l") == "[1, (this Collection)]")
    #expect(try failure("#set($l = [])#set($m = [$l])#set($ok = $l.add($m))$l").reason == .tooDeep)
  }

  @Test("a chain of lists within each other may be long, and must be freed without as many calls")
  func longChains() throws {
    let template = "#set($l = [])#foreach($a in [1..1000])#foreach($b in [1..300])#set($l = [$l])#end#end$l.size()"
    #expect(try rendered(template) == "1")
    let downwards =
      "#set($l = [])#set($c = $l)#foreach($a in [1..500])#foreach($b in [1..300])"
      + "#set($ok = $c.add([]))#set($c = $c.get(0))#end#end$c.size()"
    #expect(try rendered(downwards) == "0")
    let maps = "#set($m = {})#foreach($a in [1..300])#foreach($b in [1..300])#set($m = {'m': $m})#end#end$m.size()"
    #expect(try rendered(maps) == "1")
  }

  @Test("a list that changes while it is a map's key must be lost, as in Java, and harm nothing")
  func changingKeys() throws {
    let template = """
      #set($m = {})#set($l = [1])#set($ok = $m.put($l, "x"))#foreach($i in [1..11])#set($ok = $m.put($i, $i))#end\
      #set($ok = $l.add(2))#foreach($i in [1..100])#set($k = [1, 2])#set($ok = $m.put($k, "y"))\
      #set($ok = $m.remove($k))#set($ok = $m.put("z$i", 1))#end$m.size() [$!m.get($l)] [$!m.get([1, 2])]
      """
    #expect(try rendered(template) == "112 [] []")
    #expect(
      try rendered("#set($m = {})#set($l = [1])#set($m[$l] = 5)$m.get([1])#set($ok = $l.add(2))$!m.get($l)") == "5")
  }

  @Test("putting and removing again and again must leave nothing to go through")
  func sweeping() throws {
    let template = """
      #set($m = {"a": 1})#foreach($i in [1..1000])#foreach($j in [1..20])#set($ok = $m.put($i, $j))#set($ok = $m.remove($i))\
      #end#if($m.keySet().iterator().next() != "a")bad#end#end$m.size() $m
      """
    #expect(try rendered(template) == "1 {a=1}")
    let iterating = """
      #set($m = {})#foreach($i in [1..60])#set($ok = $m.put($i, $i))#end#set($all = $m.keySet().iterator())\
      #foreach($i in [1..60])#set($n = $all.next())#if($n % 20 != 0)#set($ok = $all.remove())#end#end$m $all.hasNext()
      """
    #expect(try rendered(iterating) == "{20=20, 40=40, 60=60} false")
  }

  @Test("what looks at the whole of a large collection must not be had a million times")
  func lookingAtAll() throws {
    let body = "{" + (0..<20_000).map { "\"n\($0)\":[\($0)]" }.joined(separator: ",") + "}"
    for call in [
      "$m.values().contains($i)", "$m.hashCode()", "$l.subList(0, 20000).subList(0, 19999).indexOf($i)",
      "$x.get($m)", "$x.put($l, $i)", "$l.lastIndexOf($m)", "$m.keySet().equals($k)",
    ] {
      let template = """
        #set($m = $input.path('$'))#set($l = [])#set($ok = $l.addAll($m.values()))#set($x = {})#set($k = $m.clone().keySet())\
        #foreach($i in [1..1000])#foreach($j in [1..1000])#set($ok = \(call))#end#end
        """
      #expect(
        try failure(template, body: body, limits: limits { $0.steps = 300_000 }).reason == .tooManySteps, "\(call)")
    }
  }

  @Test("a thousand members of a large object, and elements of a large array, may be asked for a thousand times")
  func largeBodies() throws {
    let count = 100_000
    let body =
      "{\"o\":{" + (0..<count).map { "\"n\($0)\":\($0)" }.joined(separator: ",") + "},\"l\":["
      + (0..<count).map { "[\($0)]" }.joined(separator: ",") + "]}"
    // Gone through from the front each time, this would be 10¹¹ entries.
    let template = """
      #set($o = $input.path('$.o'))#set($l = $input.path('$.l'))#set($sum = 0)\
      #foreach($i in [1..1000])#foreach($j in [1..50])#set($at = $i * 99 + $j)#set($name = "n$at")\
      #set($sum = $sum + $o[$name] - $l[$at][0])#end#end$sum
      """
    #expect(try rendered(template, body: body) == "0")
  }

  @Test("a chain of windows on lists must come to an end")
  func windows() throws {
    #expect(try failure("#set($l = [1])#foreach($a in [1..1000])#set($l = $l.subList(0, 1))#end").reason == .tooDeep)
  }

  @Test("lists and maps that contain themselves must be let go of")
  func leaks() throws {
    weak var list: JavaObject?
    do {
      let scope = scope(body: "[1]")
      let template =
        "#set($l = $input.path('$'))#set($ok = $l.add($l))#set($ok = $l.add($context))$!context.put('l', $l)"
        + "#set($context.responseOverride.x = $l)$l.size()"
      #expect(try rendered(template, in: scope) == "3")
      list = scope.kept("l")
      #expect(list != nil)
    }
    #expect(list == nil)
  }

  @Test("numbers must not grow without end")
  func growingNumbers() throws {
    #expect(throws: RenderError.self) {
      try rendered(
        "#set($x = $input.path('$.d'))#foreach($i in [1..1000])#set($x = $x * $x)#end$x",
        body: #"{"d": 1.0000000000000000e-99999999}"#)
    }
    #expect(throws: RenderError.self) {
      try rendered(
        "#set($x = $input.path('$.i'))#foreach($i in [1..1000])#set($x = $x.multiply($x))#end$x",
        body: #"{"i": 123456789012345678901234567890}"#)
    }
  }

  @Test("blocks that refer to themselves must come to an end")
  func blocks() throws {
    #expect(try rendered("#define($d)a$d#end$d") == "aa$d")
    let ring = (0..<40).map { "#define($d\($0))$d\(($0 + 1) % 40)$d\(($0 + 1) % 40)#end" }.joined()
    #expect(throws: RenderError.self) { try rendered(ring + "$d0") }
  }

  @Test(
    "nesting beyond what the parser allows must be refused, whatever nests",
    arguments: ["(", "[", "#if(", "!", "{'a':", "$a.b(", "$a["])
  func nesting(opening: String) throws {
    let deep = String(repeating: opening, count: 100_000)
    #expect(throws: TemplateError.self) { try Template(opening == "#if(" ? deep : "#set($x = " + deep) }
    #expect(throws: TemplateError.self) { try Template(String(repeating: "#if(true)", count: 10_000)) }
  }

  @Test("a chain of operators may be long")
  func chains() throws {
    let sum = "#set($x = 1" + String(repeating: " + 1", count: 20_000) + ")$x"
    #expect(try rendered(sum) == "20001")
    let either = "#if(false" + String(repeating: " || false", count: 20_000) + " || true)y#end"
    #expect(try rendered(either) == "y")
    let both = "#if(true" + String(repeating: " && true", count: 20_000) + ")y#end"
    #expect(try rendered(both) == "y")
  }

  @Test("a deeply nested body may be printed")
  func deepBody() throws {
    let body = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
    #expect(try rendered("$input.path('$')$input.json('$')", body: body) == body + body)
    let objects = String(repeating: #"{"a":"#, count: 400) + "1" + String(repeating: "}", count: 400)
    #expect(
      try rendered(
        "#set($x = $input.path('$'))#set($x.b = 1)$x.a.a.a.class.name $input.json('$').length()", body: objects
      ).hasPrefix("java.util.LinkedHashMap"))
  }

  @Test("a body that is too deep for JSON must count as no JSON")
  func tooDeepBody() throws {
    let body = String(repeating: "[", count: 100_000)
    #expect(try rendered("$input.json('$') [$input.path('$')]", body: body) == "\"\" []")
  }

  @Test("numbers of absurd size must not be calculated with for ever")
  func hugeNumbers() throws {
    let body =
      #"{"a": 1e999999999, "b": \#(String(repeating: "9", count: 100_000)), "c": 0.\#(String(repeating: "3", count: 100_000))}"#
    #expect(try rendered("#set($x = $input.path('$.a') + 1)$!x", body: body).isEmpty == false)
    _ = try rendered(
      "#set($x = $input.path('$.b') * $input.path('$.b'))$x.class.name#set($y = $input.path('$.c') / 3)$y.class.name",
      body: body)
  }

  @Test("a regular expression that never ends must be given up")
  func regex() throws {
    let body = #"{"a": "\#(String(repeating: "a", count: 40))b"}"#
    #expect(throws: RenderError.self) {
      try rendered("$input.path('$.a').matches('(a|aa)+$')$input.path('$.a').matches('((a+)+)+c')", body: body) == ""
    }
  }
}
