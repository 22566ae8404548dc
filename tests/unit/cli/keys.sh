#!/bin/sh
# Keys as an operator holds them: files, encrypted files, tokens; made, shown, put into lists, rotated.
set -u
tbc=${TBC_BIN_DIR:?run the tests through ctest or ./dev test}/tbc

# shellcheck source=tests/support/expect.sh
. "${TBC_SOURCE_DIR:?}/tests/support/expect.sh"
suite cli/keys
keys=$TBC_SOURCE_DIR/tests/unit/crypto/keys
umask 022
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
secret() { (umask 077; printf '%s\n' "$2" >"$1"); }
# no terminal: whoever would be asked is not there
alone() { setsid "$@"; }
secret pass 'correct horse'
secret wrong 'battery staple'
secret empty ''

# ---- profiles and algorithms
expect a_key_is_es256_unless_said 0 '^alg ES256$' "$tbc" keys make --out p256.pem
for alg in ES384 ES512 EdDSA SM2; do
    expect "keys_make_knows_$alg" 0 "^alg $alg\$" "$tbc" keys make --alg $alg --out "$alg.pem"
done
expect the_sm_profile_makes_sm2 0 '^profile sm$' "$tbc" keys make --profile sm --out sm.pem
expect profiles_are_never_mixed 2 'never mixed' "$tbc" keys make --profile sm --alg ES256 --out x.pem
expect profiles_are_never_mixed_the_other_way 2 'never mixed' \
    "$tbc" keys make --profile international --alg SM2 --out x.pem
expect an_unknown_profile_is_named 2 'russian' "$tbc" keys make --profile russian --out x.pem
expect what_is_only_verified_is_not_made 2 'ES256K' "$tbc" keys make --alg ES256K --out x.pem
expect keys_make_wants_one_place 2 'wants --out FILE or --pkcs11 URI' "$tbc" keys make
expect nothing_is_left_of_what_was_refused 1 '' test -e x.pem
expect a_missing_folder_is_named 3 'nowhere/x.pem: not found' "$tbc" keys make --out nowhere/x.pem
expect a_folder_is_no_key 3 '\.: ' "$tbc" keys show .

# ---- forms
for form in pem der jwk cose; do
    "$tbc" keys show --out-form $form ES384.pem >"public.$form"
    expect "a_public_${form}_is_read" 0 '^private no$' "$tbc" keys show "public.$form"
done
expect every_form_has_one_kid 0 '^1$' sh -c \
    "for f in ES384.pem public.*; do '$tbc' keys show \$f | grep '^kid'; done | sort -u | wc -l | tr -d ' '"
expect openssl_reads_our_pem 0 'P-384' openssl pkey -pubin -in public.pem -noout -text
expect openssl_reads_our_der 0 'P-384' openssl pkey -pubin -inform DER -in public.der -noout -text
expect openssl_reads_our_private_pem 0 '384 bit' openssl pkey -in ES384.pem -noout -text
expect show_reads_standard_input 0 '^curve P-384$' sh -c "'$tbc' keys show - <public.jwk"
expect show_has_an_object 0 \
    '"kid":"[0-9a-f]*","alg":"SM2","curve":"SM2","profile":"sm","thumbprint":"[0-9a-f]*","private":true,"held":"file"' \
    "$tbc" keys show --json SM2.pem
expect show_knows_its_forms 2 'no such form' "$tbc" keys show --out-form xml SM2.pem
expect another_curve_is_shown_as_such 0 '^profile none$' "$tbc" keys show "$keys/secp256k1_public.pem"
expect an_unknown_curve_is_named 3 'unsupported curve secp224r1' "$tbc" keys show "$keys/p224_public.pem"
expect a_damaged_key_is_malformed 4 'bytes behind the key' "$tbc" keys show "$keys/text_behind.pem"
truncate -s 1G large.pem && chmod 600 large.pem
expect a_gigabyte_is_not_read 4 'large.pem: larger than allowed' "$tbc" keys show large.pem
chmod 640 p256.pem
expect a_private_key_that_others_can_read_is_not_shown 3 'chmod 600' "$tbc" keys show p256.pem
chmod 600 p256.pem

# ---- encrypted
expect a_pass_file_encrypts 0 '^held encrypted file$' "$tbc" keys make --out sealed.pem --pass-file pass
expect it_is_pkcs8 0 'BEGIN ENCRYPTED PRIVATE KEY' head -n 1 sealed.pem
expect it_is_private 0 '600' stat -c %a sealed.pem
expect openssl_opens_it 0 '256 bit' openssl pkey -in sealed.pem -passin file:pass -noout -text
expect its_kdf_is_strong 0 ':0927C0' openssl asn1parse -in sealed.pem
expect show_opens_it 0 '^held encrypted file$' "$tbc" keys show --pass-file pass sealed.pem
expect a_pass_phrase_comes_through_a_pipe 0 '^private yes$' \
    sh -c "printf 'correct horse\n' | '$tbc' keys show --pass-file /dev/stdin sealed.pem"
printf 'correct horse\n' >typed
expect a_pass_phrase_is_typed_on_a_terminal 0 'private yes' \
    sh -c "script -qec '$tbc keys show sealed.pem' /dev/null <typed"
cat typed typed >twice
expect a_new_pass_phrase_is_typed_twice 0 'held encrypted file' \
    sh -c "script -qec '$tbc keys make --encrypt --out typed.pem' /dev/null <twice"
expect what_was_typed_opens_it 0 '^private yes$' "$tbc" keys show --pass-file pass typed.pem
printf 'correct horse\ncorrect hors\n' >unlike
expect a_slip_of_the_finger_makes_no_key 3 'not given' \
    sh -c "script -qec '$tbc keys make --encrypt --out slip.pem' /dev/null <unlike"
expect nothing_is_left_of_the_slip 1 '' test -e slip.pem
expect a_wrong_pass_phrase_is_said 3 'wrong pass phrase' "$tbc" keys show --pass-file wrong sealed.pem
expect a_missing_pass_phrase_is_said 3 'pass phrase of sealed.pem is wanted' alone "$tbc" keys show sealed.pem
expect an_empty_pass_phrase_is_said 3 'empty' "$tbc" keys make --out y.pem --pass-file empty
expect encrypting_wants_a_pass_phrase 3 'is wanted' alone "$tbc" keys make --out y.pem --encrypt
expect nothing_is_left_without_a_pass_phrase 1 '' test -e y.pem
chmod 644 wrong
expect a_pass_file_that_others_read_is_refused 3 'wrong: .*chmod 600' "$tbc" keys show --pass-file wrong sealed.pem
sed 's/$/\r/' sealed.pem >crlf.pem && chmod 600 crlf.pem
expect crlf_is_read 0 '^private yes$' "$tbc" keys show --pass-file pass crlf.pem

# ---- rotation
list() { "$tbc" trust show --json draft; }
expect a_list_takes_an_encrypted_root 0 '' "$tbc" trust make --root sealed.pem --pass-file pass --out draft
expect a_list_takes_a_station 0 '' "$tbc" trust add --list draft --station VNP --key p256.pem \
    --status-uri https://tbc.example/s/VNP/1
expect a_list_takes_no_foreign_curve 1 'no list may name a key of secp256k1' "$tbc" trust add --list draft \
    --station SHH --key "$keys/secp256k1_public.pem" --status-uri https://tbc.example/s/SHH/1
expect rotate_keeps_the_profile 1 'change the station.s profile' \
    "$tbc" keys rotate --list draft --station VNP --out next.pem --alg SM2
expect rotate_wants_a_later_time 1 'must begin after the present one' \
    "$tbc" keys rotate --list draft --station VNP --out next.pem --from 2020-01-01T00:00:00Z
expect rotate_wants_hours 2 'overlap' "$tbc" keys rotate --list draft --station VNP --out next.pem --overlap 0
expect nothing_is_left_of_a_refused_rotation 1 '' test -e next.pem
cp p256.pem before.pem
from=$(date -u -d '+2 days' +%Y-%m-%dT%H:%M:%SZ)
to=$(date -u -d '+4 days' +%Y-%m-%dT%H:%M:%SZ)
expect rotate_says_what_remains 0 "until $to" "$tbc" keys rotate --list draft --station VNP \
    --out next.pem --pass-file pass --from "$from" --overlap 48
expect rotate_makes_a_private_file 0 'ENCRYPTED' head -n 1 next.pem
expect rotate_leaves_the_old_key 0 '' cmp before.pem p256.pem
expect the_old_row_ends_after_the_overlap 0 "\"to\":\"$to\"" list
expect the_next_row_begins_then 0 "\"from\":\"$from\"" list
expect rotate_never_overwrites 3 'next.pem: exists already' \
    "$tbc" keys rotate --list draft --station VNP --out next.pem --from "$to"
expect signing_wants_a_file 3 'a folder or a device' "$tbc" trust sign --list draft --root . --out x
expect signing_wants_a_small_file 4 'large.pem: larger' "$tbc" trust sign --list draft --root large.pem --out x
expect signing_wants_a_private_key 4 'a public key' sh -c \
    "chmod 600 public.pem && '$tbc' trust sign --list draft --root public.pem --out x"
expect signing_wants_the_pass_phrase 3 'is wanted' alone "$tbc" trust sign --list draft --root sealed.pem --out signed
expect signing_takes_an_encrypted_root 0 '' "$tbc" trust sign --list draft --root sealed.pem --pass-file pass --out signed

# ---- tokens
mkdir tokens
printf 'directories.tokendir = %s/tokens\nlog.level = ERROR\n' "$work" >softhsm2.conf
export SOFTHSM2_CONF="$work/softhsm2.conf"
# leaks of SoftHSM are told from ours by whole stacks, which are slow: only from here on
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}fast_unwind_on_malloc=0"
softhsm2-util --init-token --free --label tbc --so-pin 12345678 --pin 4711 >/dev/null || exit 2
secret pin 4711
secret badpin 1174
hsm="module-path=/usr/lib/softhsm/libsofthsm2.so"
uri() { echo "pkcs11:token=tbc;object=$1?pin-source=$work/pin&$hsm"; }
expect a_token_makes_ed25519 0 '^held token tbc$' "$tbc" keys make --alg EdDSA --pkcs11 "$(uri edwards)"
expect a_token_makes_a_root 0 '^alg ES384$' "$tbc" keys make --alg ES384 --pkcs11 "$(uri root)"
expect a_token_makes_an_issuer 0 '"held":"token".*"token":"tbc"' "$tbc" keys make --json --pkcs11 "$(uri issuer)"
expect a_token_key_is_never_replaced 3 'exists already' "$tbc" keys make --pkcs11 "$(uri issuer)"
expect a_token_makes_no_sm2 3 'SM2: PKCS #11 has no mechanism' "$tbc" keys make --profile sm --pkcs11 "$(uri sm2)"
expect a_token_wants_no_pass_phrase_of_ours 2 'encrypt' "$tbc" keys make --encrypt --pkcs11 "$(uri x)"
expect a_token_key_is_sensitive_and_stays 0 'sensitive, always sensitive, never extractable' \
    pkcs11-tool --module /usr/lib/softhsm/libsofthsm2.so -l --pin 4711 -O --type privkey --label issuer
expect a_pin_may_come_from_a_pass_file 0 '^private yes$' \
    "$tbc" keys show --pass-file pin "pkcs11:token=tbc;object=issuer?$hsm"
secret issuer.uri "$(uri issuer)"
expect a_file_may_hold_the_uri 0 '^held token tbc$' "$tbc" keys show issuer.uri
expect a_wrong_pin_is_said 3 'token tbc: wrong PIN' \
    "$tbc" keys show --pass-file badpin "pkcs11:token=tbc;object=issuer?$hsm"
expect the_public_half_wants_no_pin 0 '^private no$' "$tbc" keys show "pkcs11:token=tbc;object=issuer?$hsm"
expect a_pin_is_no_part_of_a_uri 3 'pin-source=FILE' \
    "$tbc" trust sign --list draft --root "pkcs11:token=tbc;object=root?pin-value=4711&$hsm" --out x
expect a_token_that_is_not_there_is_named 3 'no such token' \
    "$tbc" trust sign --list draft --root "pkcs11:token=other;object=root?$hsm" --out x
expect p11_kit_finds_the_module_too 0 '^alg ES256$' "$tbc" keys show 'pkcs11:token=tbc;object=issuer'

expect a_root_in_a_token_begins_a_list 0 '' "$tbc" trust make --root "pkcs11:token=tbc;object=root?$hsm" --out hsm.list
expect an_issuer_in_a_token_is_added 0 '' "$tbc" trust add --list hsm.list --station VNP \
    --key "pkcs11:token=tbc;object=issuer?$hsm" --status-uri https://tbc.example/s/VNP/1
expect rotate_makes_the_next_key_in_the_token 0 '"held":"token"' "$tbc" keys rotate --list hsm.list \
    --station VNP --pkcs11 "$(uri issuer-2)" --json
expect a_root_in_a_token_signs 0 '' "$tbc" trust sign --list hsm.list --root "$(uri root)" --out hsm.cose
"$tbc" keys show --out-form cose "$(uri root)" >root.cose
expect anyone_verifies_it 0 '^a3' "$tbc" cose verify --key root.cose hsm.cose
expect the_token_verifies_it 0 '^a3' "$tbc" cose verify --key "pkcs11:token=tbc;object=root?$hsm" hsm.cose
finish
