#!/bin/sh
# tbc as a person runs it: answers, exit codes, and what is said about bad input.
set -u
# shellcheck source=tests/unit/cli/world.sh
. "$(dirname "$0")/world.sh"
suite cli/tbc

# ---- verify and inspect
v="$tbc verify --trust trust $at"
# shellcheck disable=SC2086  # $v and $at are words
{
expect a_good_certificate_is_accepted 0 '^ACCEPTED_OFFLINE$' $v --status status paper
expect standard_input_is_the_default 1 '^NOT_A_CERTIFICATE$' $v
expect standard_input_has_a_name 1 '^NOT_A_CERTIFICATE$' $v -
expect a_ticket_is_judged_with_a_manifest 0 '^ACCEPTED_OFFLINE$' \
    $v --status status --manifest manifest --station VNP paper
expect another_station_is_said 1 '^WRONG_STATION$' \
    $v --status status --manifest manifest --station SHH paper
expect a_manifest_wants_a_station 2 'station' $v --manifest manifest paper
expect an_unknown_status_is_not_a_good_one 1 '^STATUS_UNKNOWN$' $v paper
expect a_revoked_certificate_is_refused 1 '^REVOKED$' $v --status revoked paper
expect an_expired_one_is_refused 1 '^EXPIRED$' "$tbc" verify --trust trust --at 2026-02-03T01:40:00Z paper
expect one_of_tomorrow_waits 1 '^NOT_YET_VALID$' "$tbc" verify --trust trust --at 2026-02-02T01:00:00Z paper
expect a_bound_one_needs_its_proof 1 '^PROOF_MISSING$' $v --status status bound
expect a_proof_is_accepted 0 '"live":true' $v --status status --json live
expect an_old_proof_is_stale 1 '^PROOF_STALE$' \
    "$tbc" verify --trust trust --status status --at 2026-02-02T01:42:00Z live
expect json_has_every_field 0 \
    '"verdict":.*"reason":.*"issuer":"VNP".*"cti":"0102.*"masked_name":.*"issued":.*"expires":.*"live":false.*"status":0' \
    $v --status status --json paper
expect json_says_null_where_nobody_vouches 1 '"issuer":null.*"masked_name":null' \
    "$tbc" verify --trust trust --at 2026-04-02T01:41:00Z --json paper
expect a_pinned_root_must_have_signed 3 'unknown key' $v --root station.pem paper
}
tr 'A' 'B' <paper >damaged
echo 'https://pay.example/x' >payment
echo 'TBC9:BB8' >future
# shellcheck disable=SC2086
{
expect a_damaged_one_is_refused_by_name 4 'MALFORMED\|BAD_SIGNATURE' $v damaged
expect a_payment_code_is_no_certificate 1 '^NOT_A_CERTIFICATE$' $v payment
expect a_future_version_is_said 1 '^UNSUPPORTED_VERSION$' $v future
expect a_missing_file_is_named 3 'gone: not found' $v gone
expect a_folder_is_no_file 3 '\.:' $v .
expect a_wrong_time_is_named 2 'yesterday' "$tbc" verify --trust trust --at yesterday paper
}
expect verify_wants_trust 2 'trust' "$tbc" verify paper
expect a_status_list_is_no_trust_list 4 'typ' "$tbc" verify --trust status paper
expect inspect_names_the_fields 0 '^claims.iss = "VNP"' "$tbc" inspect paper
expect inspect_shows_the_proof 0 '^live.time = "2026-02-02T01:41:00Z"' "$tbc" inspect live
expect inspect_refuses_others 4 'not a TBC1: text' "$tbc" inspect payment

# ---- general tools
printf '%s' '%69 VD92EX0' >hello45
expect base45_is_that_of_rfc_9285 0 '^%69 VD92EX0$' "$tbc" base45 hello
expect base45_decodes 0 '^Hello!!$' "$tbc" base45 -d hello45
printf '%s' 'GGW' >bad45
expect base45_names_the_offset 4 'byte 0' "$tbc" base45 -d bad45
printf '\202\001\030\001' >long
printf '\202\001' >short
expect cbor_check_says_why_not 1 'long form.*byte 2' "$tbc" cbor check long
expect cbor_check_refuses_what_is_cut 4 'end of input, at byte 2' "$tbc" cbor check short
expect cbor_check_says_yes 0 '^yes$' "$tbc" cbor check paper.cose
expect cbor_diag_prints 0 '^\[1, 1\]$' "$tbc" cbor diag long
expect cbor_diag_names_the_offset 4 'byte 2' "$tbc" cbor diag short
hex 'd28443a10126a10442313154546869732069732074686520636f6e74656e742e58408eb33e4ca31d1c
     465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e2af9a291aa32e14ab834dc56ed2a2234
     44547e01f11d3b0916e5a4c345cacb36' >rfc9052
expect cose_verify_takes_rfc_9052 0 '^546869732069732074686520636f6e74656e742e$' \
    "$tbc" cose verify --key key11 rfc9052
expect cose_verify_says_no 1 'bad signature' "$tbc" cose verify --key key11 --aad 00 rfc9052
expect cose_verify_takes_ours 0 '^a60163564e50' "$tbc" cose verify --key station.pem paper.cose
expect cose_verify_wants_a_key 2 'key' "$tbc" cose verify paper.cose
expect cose_verify_names_what_is_wrong 4 'byte' "$tbc" cose verify --key key11 long
expect cose_verify_names_a_bad_key 4 'hello: not a key' "$tbc" cose verify --key hello rfc9052
keys=$TBC_SOURCE_DIR/tests/unit/crypto/keys
expect cose_verify_names_an_unknown_curve 3 'p224_public.pem: unsupported curve secp224r1' \
    "$tbc" cose verify --key "$keys/p224_public.pem" rfc9052
expect cose_verify_names_an_unknown_kind 3 'unsupported kind of key RSA' \
    "$tbc" cose verify --key "$keys/rsa_public.pem" rfc9052
expect cose_verify_asks_no_pass_phrase 3 'sealed.pem: encrypted' "$tbc" cose verify --key "$keys/sealed.pem" rfc9052
expect status_get_prints_the_value 0 '^1$' "$tbc" status get --list revoked --idx 70001 --key station.pem
expect status_get_checks_the_signature 1 'bad signature' "$tbc" status get --list revoked --idx 1 --key key11
expect status_get_knows_its_end 2 '100000' "$tbc" status get --list revoked --idx 100000
printf 'sample' >sample
cat >jwk <<'J'
{"kty":"EC","crv":"P-256","x":"YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y",
 "y":"eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk"}
J
sig='efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8'
der='3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8'
expect sig_verify_takes_rfc_6979 0 '^yes$' "$tbc" sig verify --key jwk --alg ES256 --sig "$sig" sample
expect sig_verify_takes_der 0 '^yes$' "$tbc" sig verify --key jwk --alg ES256 --der --sig "$der" sample
expect sig_verify_says_no 1 '^no$' "$tbc" sig verify --key jwk --alg ES256 --sig "$sig" hello
expect sig_verify_names_a_bad_digit 4 'byte 1' "$tbc" sig verify --key jwk --alg ES256 --sig 0g sample
expect sig_verify_knows_its_algorithms 2 'RS256' "$tbc" sig verify --key jwk --alg RS256 --sig 00 sample
expect id_check_normalises 0 '^number 11010519491231002X$' "$tbc" id check '110105 19491231 002x'
expect id_check_masks 0 '1101\*\*\*\*\*\*\*\*\*\*002X' "$tbc" id check 11010519491231002X
expect id_check_finds_a_wrong_digit 1 'check character' "$tbc" id check 110105194912310021
expect id_check_knows_29_february 1 'birth' "$tbc" id check 110105199902290025
expect id_check_finds_a_short_number 4 'too short' "$tbc" id check --kind passport E123
expect id_check_knows_its_kinds 2 'visa' "$tbc" id check --kind visa E12345

# ---- keys and trust lists, from nothing to a signed list and a new key
expect keys_make_prints_the_public_half 0 '^-----BEGIN PUBLIC KEY' "$tbc" keys make --out root.pem --alg ES384
expect keys_are_private 0 '600' stat -c %a root.pem
expect keys_are_never_overwritten 3 'root.pem: exists already' "$tbc" keys make --out root.pem
expect keys_make_knows_sm2 0 '^alg SM2$' "$tbc" keys make --alg SM2 --out vnp.pem
expect keys_show_shows 0 '^alg ES384$' "$tbc" keys show root.pem
expect trust_make_begins 0 '' "$tbc" trust make --root root.pem --out draft
expect trust_add_adds 0 '' "$tbc" trust add --list draft --station VNP --key vnp.pem \
    --status-uri https://tbc.example/s/VNP/1
expect a_key_is_added_once 3 'exists already' "$tbc" trust add --list draft --station SHH --key vnp.pem \
    --status-uri https://tbc.example/s/SHH/1
expect trust_show_shows_the_draft 0 'version 2, a draft' "$tbc" trust show draft
expect keys_rotate_makes_the_next_key 0 '^alg SM2$' \
    "$tbc" keys rotate --list draft --station VNP --out vnp2.pem
expect keys_rotate_raises_the_version 0 'version 3' "$tbc" trust show draft
expect keys_rotate_knows_its_station 1 'no key of station SHH' \
    "$tbc" keys rotate --list draft --station SHH --out shh.pem
expect a_key_of_no_list_is_not_left_behind 1 '' test -e shh.pem
expect trust_sign_wants_a_root_of_the_list 1 'no root' "$tbc" trust sign --list draft --root vnp2.pem --out signed
expect trust_sign_signs 0 '' "$tbc" trust sign --list draft --root root.pem --out signed
expect trust_show_shows_the_list 0 'version 3, signed' "$tbc" trust show signed
expect a_signed_list_is_not_changed 1 'change the draft' "$tbc" trust add --list signed --station SHH \
    --key key11 --status-uri https://tbc.example/s/SHH/1
expect a_signed_list_is_believed 1 'UNKNOWN_ISSUER' "$tbc" verify --trust signed paper
chmod 644 root.pem
expect a_key_that_others_can_read_is_refused 3 'chmod 600' "$tbc" trust sign --list draft --root root.pem --out x

# ---- the frame
expect help_lists_the_commands 0 'cose verify' "$tbc" --help
expect help_of_a_command 0 'idx N' "$tbc" status get --help
expect no_command_is_wrong_usage 2 'usage' "$tbc"
expect an_unknown_command_is_named 2 'frobnicate' "$tbc" frobnicate
expect an_unknown_flag_is_named 2 'nope' "$tbc" inspect --nope paper
expect two_files_are_one_too_many 2 'one FILE' "$tbc" inspect paper live
if [ -w /dev/full ]; then
    expect a_full_disk_is_an_error 3 'standard output' sh -c "'$tbc' cbor diag paper.cose >/dev/full"
fi

finish
