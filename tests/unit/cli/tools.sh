#!/bin/sh
# The general tools in a stranger's hands: every form of input, every way of going wrong, --json always.
set -u
# shellcheck source=tests/unit/cli/world.sh
. "$(dirname "$0")/world.sh"
suite cli/tools
vectors=${TBC_SOURCE_DIR:?run the tests through ctest or ./dev test}/tests/vectors
message=$(sed -n 's/^msg rfc9052-c.2.1 k11 - \([0-9a-f]*\) .*/\1/p' "$vectors/cose.txt")
payload='^546869732069732074686520636f6e74656e742e$'
v="$tbc cose verify --key key11"

# json NAME CODE PATTERN COMMAND...: expect, and one JSON object on standard output, whatever happens
json() {
    name=$1 code=$2 pattern=$3
    shift 3
    expect "$name" "$code" "$pattern" "$@"
    "$@" </dev/null 2>/dev/null >object
    expect "${name}_in_one_line" 0 '^1$' sh -c 'wc -l <object'
    cat object >>objects
}
from() { # from FILE COMMAND...: with it as standard input
    file=$1
    shift
    "$@" <"$file"
}

: >empty
printf '\0\0\0' >nul
mkdir folder
truncate -s 100M huge
printf '%s\n' "$message" >hex
tr a-f A-F <hex >upper
printf '0x%s' "$message" >prefixed
sed 's/../& /g' hex | fold -w 30 >spaced
python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read()))' <hex >binary
sed -n 's/^msg sign-fail-04 k11 - \([0-9a-f]*\) .*/\1/p' "$vectors/cose.txt" >alg_in_words
sed -n 's/^msg rfc8392-a.3-tag-61 [^ ]* - \([0-9a-f]*\) .*/\1/p' "$vectors/cose.txt" >cwt

# ---- every form of input
# shellcheck disable=SC2086 # $v is words
{
for form in hex upper prefixed spaced binary; do
    expect "cose_verify_takes_$form" 0 "$payload" $v $form
done
expect cose_verify_takes_standard_input 0 "$payload" from binary $v
expect cose_verify_takes_a_dash 0 "$payload" from hex $v -
expect cose_verify_takes_its_key_from_standard_input 0 "$payload" from key11 "$tbc" cose verify --key - hex
json standard_input_is_one_file 2 'gives one file, not two' from key11 $v - --key - --json
mkfifo pipe
(cat binary >pipe) &
expect cose_verify_takes_a_pipe 0 "$payload" $v pipe
expect external_data_may_have_a_prefix 1 'bad signature' $v --aad 0xFF hex
json good_is_said 0 '"valid":true.*"payload":"5468' $v --json hex
json an_algorithm_in_words_is_a_no 1 '"reason":"not verified: alg, at byte 2' $v --json alg_in_words
json bad_is_said 1 '"valid":false,"alg":-7,"reason":"bad signature' $v --json --aad 00 hex
json empty_is_malformed 4 '"error":"empty: end of input, at byte 0' $v --json empty
json nul_is_malformed 4 '"error":"nul:' $v --json nul
json a_folder_is_named 3 '"error":"folder: a folder, not a file"' $v --json folder
json a_missing_file_is_named 3 '"error":"gone: not found"' $v --json gone
json a_huge_file_is_too_large 4 '"error":"huge: larger than allowed"' $v --json huge
json wrong_usage_is_said 2 '"error":"--nope:.*"exit":2' $v --json --nope
json a_name_in_another_encoding_is_said 3 '"error":"???: not found"' $v --json "$(printf '\374\344\366')"
}

# ---- keys
printf '%s\n' "$(sed -n 's/^dcc AT\/1 \([0-9a-f]*\) .*/\1/p' "$vectors/dcc.txt")" >certificate
expect the_key_of_a_certificate_is_read 1 'bad signature' "$tbc" cose verify --key certificate hex
json a_key_that_is_none_is_named 4 '"error":"hex: not a key' "$tbc" cose verify --json --key hex hex
sed -n 's/^key small-order-2 \([0-9a-f]*\) .*/\1/p' "$vectors/ed25519.txt" >small
expect a_key_of_small_order_is_refused 4 'small:' "$tbc" cose verify --key small hex

# ---- sig
sed -n 's/^key gbt //p' "$vectors/sm2.txt" >sm2
printf 'message digest' >digest
alice=$(sed -n 's/^sig alice gbt [0-9a-f]* [0-9a-f]* \([0-9a-f]*\) .*/\1/p' "$vectors/sm2.txt")
s="$tbc sig verify --key sm2 --alg SM2 --sig"
# shellcheck disable=SC2086
{
expect sm2_takes_an_identifier 0 '^yes$' $s "$alice" --id ALICE123@YAHOO.COM digest
expect sm2_has_a_default_identifier 1 '^no$' $s "0x$alice" digest
json an_identifier_of_another_is_a_no 1 '"valid":false' $s "$alice" --id BILL456@YAHOO.COM --json digest
expect an_empty_identifier_is_one 1 '^no$' $s "$alice" --id '' digest
expect no_signature_is_a_no 1 '^no$' $s '' digest
}
expect an_identifier_goes_with_sm2 2 'SM2' "$tbc" sig verify --key key11 --alg ES256 --sig 00 --id x digest
expect eddsa_has_no_der 2 'no DER form' "$tbc" sig verify --key "$TBC_SOURCE_DIR/tests/unit/crypto/keys/ed25519_public.pem" \
    --alg EdDSA --der --sig 3000 digest
json another_algorithm_is_said 1 '"reason":"the key is for ES256"' \
    "$tbc" sig verify --key key11 --alg EdDSA --sig 00 --json digest
json der_that_is_none_is_malformed 4 '"error":"--sig: DER signature' \
    "$tbc" sig verify --key key11 --alg ES256 --der --sig 3006 --json digest

# ---- cbor and base45
printf '83010203\n' >list
expect cbor_takes_hexadecimal_when_told 0 '^\[1, 2, 3\]$' "$tbc" cbor diag --hex list
json cbor_check_says_yes 0 '"deterministic":true' "$tbc" cbor check --hex --json list
json cbor_is_binary_unless_told 4 '"reason":"trailing bytes","offset":2' "$tbc" cbor check --json list
json hexadecimal_that_is_none_is_named 4 '"error":"hello: hexadecimal' "$tbc" cbor check --hex --json hello
python3 -c 'import sys; sys.stdout.buffer.write(b"\x81" * 10000 + b"\0")' >deep
json what_is_too_deep_has_no_answer 4 '"well_formed":null,"deterministic":null,"reason":"depth","offset":80' \
    "$tbc" cbor check --json deep
expect what_is_too_deep_is_not_called_malformed 4 '^cannot judge.*byte 80' "$tbc" cbor check deep
json diag_names_the_offset 4 '"error":"nul: trailing bytes, at byte 1' "$tbc" cbor diag --json nul
json base45_encodes 0 '"text":"%69 VD92EX0"' "$tbc" base45 --json hello
printf '%s' '%69 VD92EX0' >hello45
json base45_decodes 0 '"bytes":"48656c6c6f2121"' "$tbc" base45 -d --json hello45
json base45_refuses_small_letters 4 '"error":"hello: Base45, at byte 1' "$tbc" base45 -d --json hello
expect base45_of_nothing_is_nothing 0 '^$' "$tbc" base45 empty

# ---- inspect, of everything
for file in paper bound live paper.cose status trust manifest log8 cwt; do
    json "inspect_reads_$file" 0 '"protected":{"alg":"ES' "$tbc" inspect --json $file
done
expect inspect_tells_how_many_values_a_list_has 0 '^claims.status_list = {"bits":2,"values":100000}$' "$tbc" inspect status
expect inspect_names_the_claims_of_others 0 '^claims.aud = "coap://light.example.com"$' "$tbc" inspect cwt
expect inspect_knows_their_times 0 '^claims.exp = "2015-10-05T17:09:04Z"$' "$tbc" inspect cwt
expect inspect_shows_both_headers 0 '^unprotected.kid = "4173796d6d' "$tbc" inspect cwt
json inspect_says_what_it_looked_for 4 '"error":"hello: not a TBC1: text, and no COSE_Sign1' "$tbc" inspect --json hello
echo 'TBC9:BB8' >future
expect inspect_knows_a_later_text 4 'another version' "$tbc" inspect future
python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex("8443a10126a0590fa7b903e9") +
    b"".join(b"\x19" + n.to_bytes(2, "big") + b"\0" for n in range(1000, 2001)) + b"\x40")' >thousands
expect inspect_takes_no_map_of_thousands_apart 0 '^payload = {1000: 0, ' "$tbc" inspect thousands
# draft-ietf-oauth-status-list, section 5.2, whose key is not published.
tr -d '\n' >drafted <<'END'
d2845820a2012610781a6170706c69636174696f6e2f7374617475736c6973742b637774a1044231325850a5027821687474
70733a2f2f6578616d706c652e636f6d2f7374617475736c697374732f31061a648c5bea041a8898dfea19fffe19a8c019ff
fda2646269747301636c73744a78dadbb918000217015d584093fa4d01032b18c35e2fe1101b77fd6cc9440022caa4694450
c4e4e9feab4e99d1fa6d9772ce2bf3a12e0323ded7c982c5e101a5e67f0cbc1e2b6f57ce99c279
END
expect inspect_reads_the_list_of_the_draft 0 '^claims.status_list = {"bits":1,"values":16}$' "$tbc" inspect drafted
for idx in 0=1 1=0 2=0 3=1 8=1 11=0 15=1; do
    expect "the_list_of_the_draft_at_${idx%=*}" 0 "^${idx#*=}\$" "$tbc" status get --list drafted --idx "${idx%=*}"
done

# ---- numbers
json fifteen_digits_are_too_few 4 '"fault":"the number is too short"' "$tbc" id check --json 110105491231002
json wide_digits_are_none 4 '"fault":"a character' "$tbc" id check --json '１１０１０５１９４９１２３１００２Ｘ'
json a_birth_to_come_is_a_no 1 '"fault":"the birth date' "$tbc" id check --json 110105209912310025
expect small_letters_are_folded 0 '^number E12345678$' "$tbc" id check --kind passport e12345678
expect a_permit_of_hong_kong_has_eight_digits 0 '^masked H\*\*\*\*\*678$' "$tbc" id check --kind hkm H12345678
expect or_ten 0 '^number M1234567890$' "$tbc" id check --kind hkm M1234567890
expect but_never_nine 4 'too short' "$tbc" id check --kind hkm H123456789
expect a_permit_of_taiwan_is_digits 0 '^number 12345678$' "$tbc" id check --kind tw 12345678
expect and_nothing_else 4 'character 1' "$tbc" id check --kind tw A2345678

# ---- texts that look like a certificate, in a judge's hands
text=$(tr -d '\r\n' <paper)
w="$tbc verify --trust trust --status status $at"
# shellcheck disable=SC2086
{
judged() { # judged NAME CODE VERDICT TEXT
    printf '%b' "$4" >text
    expect "$1" "$2" "^$3\$" $w text
}
judged a_line_end_is_no_part_of_it 0 ACCEPTED_OFFLINE "$text\r\n"
judged a_second_line_end_is 4 MALFORMED "$text\n\n"
judged a_space_before_it_is_another_code 1 NOT_A_CERTIFICATE " $text"
judged a_mark_of_byte_order_too 1 NOT_A_CERTIFICATE "\0357\0273\0277$text"
judged small_letters_too 1 NOT_A_CERTIFICATE "$(printf '%s' "$text" | tr A-Z a-z)"
judged nothing_behind_the_colon_is_malformed 4 MALFORMED 'TBC1:'
judged a_nul_is_malformed 4 MALFORMED 'TBC1:\0000'
judged letters_of_another_alphabet_are_malformed 4 MALFORMED 'TBC1:\0357\0274\0241'
judged one_letter_more_is_malformed 4 MALFORMED "${text}0"
judged the_same_twice_is_malformed 4 MALFORMED "$text$text"
judged a_later_version_is_said 1 UNSUPPORTED_VERSION "TBC2:${text#TBC1:}"
head -c 1000000 /dev/zero | tr '\0' 0 | sed 's/^/TBC1:/' >text
json a_megabyte_is_too_much 4 '"error":"text: larger than allowed"\|"verdict":"MALFORMED"' $w --json text
}

# ---- the rest of the frame
json a_missing_device_file_is_named 3 '"error":"gone: no way to the station' "$tbc" stats --json --device gone
json verify_names_its_trust_list 4 '"error":"empty:' "$tbc" verify --json --trust empty paper
json a_number_that_is_none_is_named 2 '"error":"--idx: x is not a number' "$tbc" status get --json --list status --idx x
json a_hash_that_is_none_is_named 4 '"error":"--root2: zz' \
    "$tbc" log verify-consistency --json --size1 1 --size2 1 --root1 "$(printf '%064d' 0)" --root2 zz
expect a_first_word_alone_lists_the_second 2 'cose: one of: cose verify' "$tbc" cose
expect an_empty_word_is_no_command 2 'no such command' "$tbc" ''
expect standard_output_may_be_closed 3 'standard output' sh -c "'$tbc' cose verify --key key11 hex >&-"
if [ -w /dev/full ]; then
    for words in 'cose verify --key key11 hex' 'cbor check paper.cose' 'base45 hello' 'inspect cwt' '--help' \
        'verify --json --trust gone paper'; do
        # shellcheck disable=SC2086 # $words are words
        expect "a_full_disk_stops_${words%% *}" 3 'standard output' sh -c '"$0" "$@" >/dev/full' "$tbc" $words
    done
fi
expect every_line_was_a_json_object 0 '^41$' python3 -c 'if True:
    import json
    objects = [json.loads(line) for line in open("objects", encoding="utf-8")]
    assert all(isinstance(o, dict) for o in objects)
    print(len(objects))'
finish
