import Testing

@testable import HTTPWire

@Suite("ByteScan")
struct ByteScanTests {
  @Test("the first byte looked for must be found wherever it is, whatever stands around it")
  func first() {
    for length in 0...40 {
      for place in 0...length {
        var bytes = (0..<length).map { UInt8(truncatingIfNeeded: 57 + $0 % 3 * 2) }  // 57, 59, 61: neighbours of 58
        if place < length { bytes[place] = 58 }
        for second in stride(from: place + 1, to: length, by: 3) { bytes[second] = 58 }
        bytes.append(58)
        let found = bytes.withUnsafeBytes { ByteScan.first(58, in: $0.baseAddress!, from: 0, end: length) }
        #expect(found == place)
      }
    }
  }

  @Test("the first control byte must be found, tabs passed over")
  func firstControl() {
    let controls = (UInt8(0)...31).filter { $0 != 9 } + [127]
    for control in controls {
      for length in [1, 7, 8, 9, 16, 25] {
        for place in 0..<length {
          for filler: UInt8 in [9, 32, 126, 128, 255, 65] {
            var bytes = [UInt8](repeating: filler, count: length)
            bytes[place] = control
            if place + 1 < length { bytes[place + 1] = 0 }
            let found = bytes.withUnsafeBytes { ByteScan.firstControl(in: $0.baseAddress!, from: 0, end: length) }
            #expect(found == place)
          }
        }
      }
    }
    let clean = (UInt8.min...UInt8.max).filter { $0 == 9 || ($0 >= 32 && $0 != 127) }
    let found = clean.withUnsafeBytes { ByteScan.firstControl(in: $0.baseAddress!, from: 0, end: $0.count) }
    #expect(found == clean.count)
  }
}
