# Writes what a responder of our own says of certs/localhost: $1 is V for good, R for revoked.
serial=$(openssl x509 -in certs/localhost/chain.pem -noout -serial | cut -d= -f2)
revoked=; test "$1" = R && revoked=260101000000Z
printf '%s\t401231235959Z\t%s\t%s\tunknown\t/CN=localhost\n' "$1" "$revoked" "$serial" > index.txt
exec openssl ocsp -index index.txt -CA certs/authority/authority.pem -rsigner certs/authority/authority.pem \
  -rkey certs/authority/authority-key.pem -issuer certs/authority/authority.pem -cert certs/localhost/chain.pem \
  -respout certs/localhost/chain.ocsp -ndays 2
