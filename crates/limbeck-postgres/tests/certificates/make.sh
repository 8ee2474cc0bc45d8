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
openssl ecparam -name secp384r1 -genkey -noout -out "$keys/p384"
openssl ecparam -name secp521r1 -genkey -noout -out "$keys/p521"
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
for key in rsa ec p384 p521 ed25519; do
    openssl pkey -in "$keys/$key" -out "$key.key"
done
# The same key again, encrypted: as PKCS #8, and in the form that OpenSSL wrote before.
openssl pkey -in "$keys/ec" -aes256 -passout pass:secret -out ec_encrypted.key
openssl ec -in "$keys/ec" -aes256 -passout pass:secret -out ec_encrypted_older.key

openssl genrsa -out "$keys/authority" 2048
openssl ecparam -name prime256v1 -genkey -noout -out "$keys/authority_p256"
openssl ecparam -name secp384r1 -genkey -noout -out "$keys/authority_p384"
openssl genpkey -algorithm ed25519 -out "$keys/authority_ed25519"
for authority in authority authority_p256 authority_p384 authority_ed25519; do
    openssl req -new -x509 -key "$keys/$authority" -days 36500 -subj "/CN=Test $authority" -out "$authority.crt"
done

by_authority() { # NAME KEY SUBJECT ALTERNATIVE_NAMES START END
    signed_by authority sha256 "$@"
}

signed_by() { # AUTHORITY HASH NAME KEY SUBJECT ALTERNATIVE_NAMES START END [OPTIONS...]
    authority=$1 hash=$2
    shift 2
    mkdir "$keys/ca-$1"
    touch "$keys/ca-$1/index"
    printf '[ca]\ndefault_ca=this\n[this]\ndatabase=%s\nnew_certs_dir=%s\nrand_serial=yes\ndefault_md=%s\npolicy=any\nx509_extensions=leaf\n[any]\ncommonName=supplied\n[leaf]\nbasicConstraints=CA:FALSE\n%s\n' \
        "$keys/ca-$1/index" "$keys/ca-$1" "$hash" "${4:+subjectAltName=$4}" > "$keys/ca-$1/config"
    openssl req -new -key "$keys/$2" -subj "$3" -out "$keys/ca-$1/request"
    name=$1 start=$5 end=$6
    shift 6
    openssl ca -batch -notext -config "$keys/ca-$name/config" -keyfile "$keys/$authority" -cert "$authority.crt" \
        -in "$keys/ca-$name/request" -startdate "$start" -enddate "$end" -out "$name.crt" "$@"
}

names="DNS:localhost,IP:127.0.0.1"
by_authority good rsa /CN=localhost "$names" 20260101000000Z 21260101000000Z
by_authority expired rsa /CN=localhost "$names" 20200101000000Z 20210101000000Z
by_authority future rsa /CN=localhost "$names" 21250101000000Z 21260101000000Z
by_authority other_name rsa /CN=localhost DNS:other.example 20260101000000Z 21260101000000Z
by_authority common_name rsa /CN=localhost "" 20260101000000Z 21260101000000Z
by_authority client ec /CN=by_certificate "" 20260101000000Z 21260101000000Z

century="20260101000000Z 21260101000000Z"
# With a salt as long as the hash, as standards have it, and with the longest that fits, as this command has it.
pss="-sigopt rsa_padding_mode:pss"
signed_by authority sha256 by_rsa_pss rsa /CN=localhost "$names" $century $pss -sigopt rsa_pss_saltlen:-1
signed_by authority sha256 by_rsa_pss_long rsa /CN=localhost "$names" $century $pss -sigopt rsa_pss_saltlen:-2
signed_by authority sha256 p521 p521 /CN=localhost "$names" $century
signed_by authority_p256 sha256 by_p256 ec /CN=localhost "$names" $century
signed_by authority_p384 sha384 by_p384 p384 /CN=localhost "$names" $century
signed_by authority_p256 sha512 by_p256_sha512 ec /CN=localhost "$names" $century
signed_by authority_ed25519 default by_ed25519 ed25519 /CN=localhost "$names" $century

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
