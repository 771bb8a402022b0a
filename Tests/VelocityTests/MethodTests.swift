import Testing

@testable import Velocity

/// Java's methods, as templates call them.
@Suite("Methods of Java's objects")
struct MethodTests {
  @Test(
    "a string's method must give what Java gives",
    arguments: [
      ("length()", "11"), ("isEmpty()", "false"), ("charAt(4)", "o"), ("substring(6)", "World"),
      ("substring(0, 5)", "Hello"),
      ("indexOf('o')", "4"), ("indexOf('o', 5)", "7"), ("lastIndexOf('o')", "7"), ("startsWith('Hell')", "true"),
      ("endsWith('ld')", "true"), ("contains('lo W')", "true"), ("equals('Hello World')", "true"),
      ("equalsIgnoreCase('HELLO world')", "true"), ("compareTo('Hello')", "6"), ("concat('!')", "Hello World!"),
      ("replace('l', 'L')", "HeLLo WorLd"), ("replaceAll('[aeiou]', '<$0>')", "H<e>ll<o> W<o>rld"),
      ("replaceFirst('o', '0')", "Hell0 World"), ("matches('Hello.*')", "true"), ("matches('Hello')", "false"),
      ("toLowerCase()", "hello world"), ("toUpperCase()", "HELLO WORLD"), ("hashCode()", "-862545276"),
      ("split(' ').size()", "2"), ("split('o', 2)[1]", " World"), ("valueOf(1)", "1"),
      ("format('%05d|%-4s|%.2f', 42, 'a', 1.005)", "00042|a   |1.01"),
      ("repeat(2)", "Hello WorldHello World"), ("getBytes().size()", "11"), ("class.name", "java.lang.String"),
      ("join('-', ['a', 'b'])", "a-b"),
    ])
  func strings(call: String, result: String) throws {
    #expect(try rendered("#set($s = 'Hello World')$s.\(call)") == result)
  }

  @Test("split must drop empty strings at the end, and only there")
  func split() throws {
    #expect(try rendered("#set($s = ',a,,b,,')#foreach($p in $s.split(','))<$p>#end") == "<><a><><b>")
    #expect(try rendered("#set($s = ',a,,b,,')#foreach($p in $s.split(',', -1))<$p>#end") == "<><a><><b><><>")
  }

  @Test("strings must be counted in UTF-16")
  func units() throws {
    #expect(
      try rendered("#set($s = 'a😀é')$s.length() $s.indexOf('é') $s.substring(1, 3) [$s.substring(1, 2)]") == "4 3 😀 [?]"
    )
    #expect(try rendered("#set($s = '😀')#set($t = $s.substring(0, 1) + $s.substring(1))$t") == "😀")
  }

  @Test("letters must change case as Unicode says, and compare without it character by character")
  func cases() throws {
    let body = #"{"s": "ΟΔΟΣ ß İ", "t": "οδοσ"}"#
    #expect(
      try rendered("$input.path('$.s').toLowerCase()|$input.path('$.s').toUpperCase()", body: body)
        == "οδος ß i̇|ΟΔΟΣ SS İ")
    #expect(
      try rendered(
        "$input.path('$.t').equalsIgnoreCase('ΟΔΟΣ') #set($i = 'İ')$i.compareToIgnoreCase('k') #set($a = '𐐀')$a.equalsIgnoreCase('𐐨')",
        body: body) == "true-2true")
  }

  @Test("an empty pattern must split everywhere")
  func splitEverywhere() throws {
    #expect(try rendered("#set($s = 'abc')#foreach($c in $s.split(''))$c,#end") == "a,b,c,")
  }

  @Test(
    "a list's method must give what Java gives",
    arguments: [
      ("size()", "3"), ("get(1)", "b"), ("set(1, 'x')$l", "b[a, x, c]"), ("add('d')$l", "true[a, b, c, d]"),
      ("add(0, 'z')$l", "[z, a, b, c]"),
      ("addAll(['d', 'e'])$l", "true[a, b, c, d, e]"), ("remove(0)$l", "a[b, c]"), ("remove('c')$l", "true[a, b]"),
      ("contains('b')", "true"),
      ("indexOf('c')", "2"), ("isEmpty()", "false"), ("empty", "false"), ("subList(1, 3)", "[b, c]"),
      ("toString()", "[a, b, c]"),
      ("iterator().next()", "a"), ("class.name", "java.util.ArrayList"), ("clear()$l", "[]"), ("hashCode()", "126145"),
    ])
  func lists(call: String, result: String) throws {
    #expect(try rendered("#set($l = ['a', 'b', 'c'])$l.\(call)") == result)
  }

  @Test(
    "a map's method must give what Java gives",
    arguments: [
      ("get('a')", "1"), ("put('a', 9)$m", "1{a=9, b=2}"), ("put('c', 3)$m", "{a=1, b=2, c=3}"),
      ("putAll({'a': 0})$m", "{a=0, b=2}"),
      ("remove('a')$m", "1{b=2}"), ("containsKey('a')", "true"), ("containsValue(2)", "true"), ("keySet()", "[a, b]"),
      ("values()", "[1, 2]"),
      ("entrySet()", "[a=1, b=2]"), ("size()", "2"), ("isEmpty()", "false"), ("getOrDefault('z', 'd')", "d"),
      ("toString()", "{a=1, b=2}"),
      ("class.name", "java.util.LinkedHashMap"), ("size", ""), ("empty", ""),
    ])
  func maps(call: String, result: String) throws {
    #expect(try rendered("#set($m = {'a': 1, 'b': 2})$m.\(call)") == result)
  }

  @Test("numbers and booleans must have their methods, and their statics through any instance")
  func numbers() throws {
    #expect(
      try rendered("#set($Integer = 0)$Integer.parseInt('12') $Integer.toHexString(255) $Integer.max(3, 4)")
        == "12 ff 4")
    #expect(
      try rendered(
        "#set($d = 5.7)$d.intValue() $d.class.name #set($i = 5)$i.doubleValue() $i.compareTo(6) $i.equals(5)")
        == "5 java.lang.Double5.0 -1 true")
    #expect(
      try rendered("#set($b = true)$b.toString() $b.class.name #set($n = 3000000000)$n.class.name")
        == "true java.lang.Booleanjava.lang.Long")
    #expect(try failure("#set($Integer = 0)$Integer.parseInt('x')").reason == .methodFailed)
  }

  @Test("a method's effects must be real, and its result printed where nobody takes it")
  func effects() throws {
    #expect(try rendered("#set($m = {'a': 1})$m.put('a', 2) $m.a#set($ignore = $m.put('a', 3)) $m.a") == "1 2 3")
  }

  @Test(
    "an index outside of a list or a string must fail, as it does in Java",
    arguments: ["[1].get(1)", "'abc'.substring(5)", "[1][3]"])
  func outside(call: String) throws {
    let parts = call.split(separator: call.contains(".") ? "." : "]", maxSplits: 1)
    let receiver = call.contains(".") ? String(parts[0]) : parts[0] + "]"
    let rest = call.contains(".") ? "." + parts[1] : String(parts[1])
    let error = try failure("#set($x = \(receiver))\n  $x\(rest)")
    #expect(error.reason == .methodFailed)
    #expect(error.line == 2)
  }

  @Test("a method without parameters that is given some must fail, as Velocity's lookup makes it")
  func surplusArguments() throws {
    #expect(try failure("#set($s = 'a')$s.trim('x')").reason == .methodFailed)
  }

  @Test("a list that is changed while a loop goes through it must fail")
  func concurrentModification() throws {
    #expect(
      try failure("#set($l = [1, 2])#foreach($x in $l)#set($ok = $l.add(3))#end").message.contains(
        "ConcurrentModification"))
    #expect(
      try failure("#foreach($x in $input.path('$'))#set($ok = $input.path('$').add(3))#end", body: "[1,2]").message
        .contains("ConcurrentModification"))
  }

  @Test("numbers beyond 64 bits and long fractions must keep all their digits")
  func bigNumbers() throws {
    let body = #"{"i": 123456789012345678901234567890, "d": 1.2345678901234567890123}"#
    #expect(
      try rendered(
        "#set($x = $input.path('$.i') + 1)$x $input.path('$.i').class.name #set($y = $input.path('$.d') + $input.path('$.d'))$y",
        body: body)
        == "123456789012345678901234567891 java.math.BigInteger2.4691357802469135780246")
    #expect(
      try rendered(
        "#set($x = $input.path('$.i') / 7 * 7 - $input.path('$.i'))$x,#set($x = $input.path('$.i') % 1000007)$x",
        body: body) == "0,983962")
  }
}
