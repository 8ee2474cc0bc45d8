#!/bin/sh
# Makes the certificates that the tests of channel binding read: one for each way to sign. Only the certificates are
# kept; their keys are thrown away. Needs OpenSSL 3. Run in this folder.
set -eu

keys=$(mktemp -d)
trap 'rm -rf "$keys"' EXIT

certificate() { # NAME KEY OPTIONS...
    name=$1 key=$2
    shift 2
    openssl req -new -x509 -key "$keys/$key" -days 36500 -subj "/CN=localhost" -outform DER -out "$name.der" "$@"
}

openssl genrsa -out "$keys/rsa" 2048
openssl ecparam -name prime256v1 -genkey -noout -out "$keys/ec"
openssl genpkey -algorithm ed25519 -out "$keys/ed25519"

for hash in md5 sha1 sha224 sha256 sha384 sha512; do
    certificate "rsa-$hash" rsa "-$hash"
done
for hash in sha1 sha256 sha384 sha512; do
    certificate "rsa-pss-$hash" rsa "-$hash" -sigopt rsa_padding_mode:pss
    certificate "ecdsa-$hash" ec "-$hash"
done
certificate ed25519 ed25519

# Version 1: what `openssl x509 -req` makes without extensions, up to OpenSSL 3.1.
openssl req -new -key "$keys/rsa" -subj "/CN=localhost" |
    openssl x509 -req -signkey "$keys/rsa" -sha256 -days 36500 -outform DER -out version-1.der
