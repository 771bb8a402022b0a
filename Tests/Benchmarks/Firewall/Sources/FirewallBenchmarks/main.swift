try measureAddresses()
try measureTypicalRequest()
try measureHostileRequests()
