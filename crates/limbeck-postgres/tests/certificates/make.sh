#!/bin/sh
# Makes the certificates of the tests. Needs OpenSSL 3. Run in this folder.
#
# *.der: one for each way to sign, for the tests of channel binding; nobody keeps their keys.
# server/: what a test's server presents, and its authority; they are secrets of nobody, good for tests alone.
set -eu

keys=$(mktemp -d)
trap 'rm -rf "$keys"' EXIT

openssl genrsa -out "$keys/rsa" 2048
openssl ecparam -name prime256v1 -genkey -noout -out "$keys/ec"
openssl genpkey -algorithm ed25519 -out "$keys/ed25519"

signed() { # NAME KEY OPTIONS...
    name=$1 key=$2
    shift 2
    openssl req -new -x509 -key "$keys/$key" -days 36500 -subj "/CN=localhost" -outform DER -out "$name.der" "$@"
}

for hash in md5 sha1 sha224 sha256 sha384 sha512; do
    signed "rsa-$hash" rsa "-$hash"
done
for hash in sha1 sha256 sha384 sha512; do
    signed "rsa-pss-$hash" rsa "-$hash" -sigopt rsa_padding_mode:pss
    signed "ecdsa-$hash" ec "-$hash"
done
signed ed25519 ed25519

# Version 1: what `openssl x509 -req` makes without extensions, up to OpenSSL 3.1.
openssl req -new -key "$keys/rsa" -subj "/CN=localhost" |
    openssl x509 -req -signkey "$keys/rsa" -sha256 -days 36500 -outform DER -out version-1.der

rm -rf server
mkdir server
cd server
for key in rsa ec ed25519; do
    openssl pkey -in "$keys/$key" -out "$key.key"
done

openssl genrsa -out "$keys/authority" 2048
openssl req -new -x509 -key "$keys/authority" -days 36500 -subj "/CN=Test authority" -out authority.crt

by_authority() { # NAME KEY SUBJECT ALTERNATIVE_NAMES START END
    mkdir "$keys/ca-$1"
    touch "$keys/ca-$1/index"
    printf '[ca]\ndefault_ca=this\n[this]\ndatabase=%s\nnew_certs_dir=%s\nrand_serial=yes\ndefault_md=sha256\npolicy=any\nx509_extensions=leaf\n[any]\ncommonName=supplied\n[leaf]\nbasicConstraints=CA:FALSE\n%s\n' \
        "$keys/ca-$1/index" "$keys/ca-$1" "${4:+subjectAltName=$4}" > "$keys/ca-$1/config"
    openssl req -new -key "$keys/$2" -subj "$3" -out "$keys/ca-$1/request"
    openssl ca -batch -notext -config "$keys/ca-$1/config" -keyfile "$keys/authority" -cert authority.crt \
        -in "$keys/ca-$1/request" -startdate "$5" -enddate "$6" -out "$1.crt"
}

names="DNS:localhost,IP:127.0.0.1"
by_authority good rsa /CN=localhost "$names" 20260101000000Z 21260101000000Z
by_authority expired rsa /CN=localhost "$names" 20200101000000Z 20210101000000Z
by_authority future rsa /CN=localhost "$names" 21250101000000Z 21260101000000Z
by_authority other_name rsa /CN=localhost DNS:other.example 20260101000000Z 21260101000000Z
by_authority common_name rsa /CN=localhost "" 20260101000000Z 21260101000000Z
by_authority client ec /CN=by_certificate "" 20260101000000Z 21260101000000Z

self_signed() { # NAME KEY OPTIONS...
    name=$1 key=$2
    shift 2
    openssl req -new -x509 -key "$keys/$key" -days 36500 -subj /CN=localhost -addext "subjectAltName=$names" \
        -out "$name.crt" "$@"
}

self_signed self_signed rsa
self_signed rsa_pss rsa -sha384 -sigopt rsa_padding_mode:pss
self_signed ecdsa_sha512 ec -sha512
self_signed ed25519 ed25519
openssl x509 -inform DER -in ../version-1.der -out version_1.crt
